// A Vite dev server for one folder, as `npm create anywidget` sets it up. Says its port, and ends with its input.
import anywidget from "@anywidget/vite";
import { createServer } from "vite";

const [root] = process.argv.slice(2);
const server = await createServer({
  root,
  configFile: false,
  logLevel: "error",
  cacheDir: `${root}/.vite`,
  plugins: [anywidget()],
  server: { host: "127.0.0.1", port: 0 },
});
await server.listen();
console.log(server.httpServer.address().port);
process.stdin.resume();
process.stdin.on("end", () => server.close().then(() => process.exit()));
