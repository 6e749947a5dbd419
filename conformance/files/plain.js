export default {
  render() {
    log("render");
  },
};
