import { defineConfig } from "vite";

export default defineConfig({
  define: { "process.env.NODE_ENV": '"production"', "process.env.NODE_DEBUG": '""' },
  build: {
    lib: { entry: "page.js", formats: ["es"], fileName: () => "page.js" },
    outDir: "dist",
    emptyOutDir: true,
    minify: false,
    reportCompressedSize: false,
  },
});
