import { defineConfig } from "vite";

// Bundles `client.ts` with everything that it uses into one file for Node.
export default defineConfig({ ssr: { noExternal: true }, build: { minify: false } });
