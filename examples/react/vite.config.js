export default {
  base: "./",
  server: { proxy: { "/widgets": { target: "http://127.0.0.1:8000", ws: true } } },
};
