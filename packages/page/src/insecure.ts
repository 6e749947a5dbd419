/**
 * A page that came over plain http from another machine is no *secure context*, and a browser keeps a good deal from
 * it. A widget that needs one of these fails with words that nobody can guess from ("Cannot read properties of
 * undefined (reading 'writeText')"), so the page adds what is the matter: once, and only where a failure names one.
 */

/** What is missing, as people call it, and the words by which a failure shows it. */
const MISSING: readonly (readonly [feature: string, words: RegExp])[] = [
  ["the clipboard", /\b(clipboard|writeText|readText|ClipboardItem)\b/],
  ["crypto.randomUUID", /\brandomUUID\b/],
  [
    "crypto.subtle",
    /\b(subtle|digest|importKey|exportKey|generateKey|deriveKey|deriveBits|encrypt|decrypt)\b/,
  ],
  ["camera and microphone", /\b(mediaDevices|getUserMedia|getDisplayMedia|enumerateDevices)\b/],
  ["WebGPU", /\b(requestAdapter|getPreferredCanvasFormat|WebGPU|GPUBufferUsage|GPUTextureUsage)\b/],
  [
    "opening and saving files",
    /\b(showOpenFilePicker|showSaveFilePicker|showDirectoryPicker|getDirectory)\b/,
  ],
  ["service workers and caches", /\b(serviceWorker|caches)\b/],
  ["audio worklets", /\b(audioWorklet|addModule)\b/],
  ["devices (USB, serial, Bluetooth, HID, MIDI)", /\b(requestDevice|requestPort|requestMIDIAccess)\b/],
  ["shared memory", /\bSharedArrayBuffer\b/],
  ["the place of the user", /\b[Oo]nly secure origins\b|\bgetCurrentPosition\b/],
];

/** The first feature that a failure names, or null. */
export function missingFeature(failure: string): string | null {
  return MISSING.find(([, words]) => words.test(failure))?.[0] ?? null;
}

/** Have `say` told, once, what a failure in this page comes from. Returns what hears of failures that were caught. */
export function explainInsecure(
  say: (text: string) => void,
  signal: AbortSignal,
  page: Pick<Window, "isSecureContext" | "addEventListener"> = window,
): (error: unknown) => void {
  if (page.isSecureContext) return () => {};
  let said = false;
  const hear = (error: unknown) => {
    const feature = said ? null : missingFeature(String(error instanceof Error ? error.message : error));
    if (feature === null) return;
    said = true;
    say(
      `A widget failed that needs ${feature}, which browsers give to no page that comes over plain http from ` +
        "another machine. Serve it over https, or open it under localhost, through a tunnel (ssh -L).",
    );
  };
  page.addEventListener("error", ({ error, message }) => hear(error ?? message), { signal });
  page.addEventListener("unhandledrejection", ({ reason }) => hear(reason), { signal });
  return hear;
}
