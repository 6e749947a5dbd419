log("evaluated", new URL(import.meta.url).search, new URL(import.meta.url).hash);
export default {
  render() {
    log("render");
  },
};
