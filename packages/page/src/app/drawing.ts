/** When a page is drawn anew: soon after it has changed, and never for more than a part of a frame's time. */

/** What drawing may take of each frame, in ms. What changes beyond that is drawn with the next one. */
const BUDGET = 4;

/**
 * Calls `draw` soon after a change, and once for all changes that come with it: what a user's move makes of
 * the page is in the DOM a whole frame earlier than if it waited for one. Where changes come so fast that
 * drawing would take more than its share, it does wait; in a hidden tab there are no frames.
 *
 * Returns what is to be called with each change.
 */
export function drawSoon(draw: () => void, signal: AbortSignal): () => void {
  const { port1, port2 } = new MessageChannel();
  let scheduled = false;
  let spent = 0;
  let frameAwaited = false;

  const run = () => {
    scheduled = false;
    if (signal.aborted) return;
    const began = performance.now();
    draw();
    spent += performance.now() - began;
    awaitFrame();
  };
  const awaitFrame = () => {
    if (frameAwaited || document.hidden) return;
    frameAwaited = true;
    requestAnimationFrame(() => {
      frameAwaited = false;
      spent = 0;
    });
  };
  port1.onmessage = run;
  signal.addEventListener("abort", () => port1.close(), { once: true });

  return () => {
    if (scheduled || signal.aborted) return;
    scheduled = true;
    if (document.hidden) setTimeout(run);
    else if (spent < BUDGET) port2.postMessage(null);
    else requestAnimationFrame(run);
  };
}
