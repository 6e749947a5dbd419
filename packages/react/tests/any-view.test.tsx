// @vitest-environment happy-dom
/** @jsxImportSource react */
import { act, createRef, StrictMode } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AnyView } from "../src/index.ts";

let root: Root | null = null;
let place: HTMLElement;

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  document.head.replaceChildren();
  document.body.innerHTML = "<div></div>";
  place = document.body.firstElementChild as HTMLElement;
  // A script that the page asks for is taken to be there.
  const { happyDOM } = window as unknown as { happyDOM: { settings: Record<string, boolean> } };
  happyDOM.settings.disableJavaScriptFileLoading = true;
  happyDOM.settings.handleDisabledFileLoadingAsSuccess = true;
});

afterEach(() => act(() => root?.unmount()));

function show(element: React.ReactNode): void {
  act(() => {
    root = createRoot(place);
    root.render(<StrictMode>{element}</StrictMode>);
  });
}

function scripts(): string[] {
  return [...document.querySelectorAll("script")].map(({ src }) => src);
}

test("it is an <any-view> with what was asked for", () => {
  const ref = createRef<HTMLElement>();
  show(
    <AnyView ref={ref} name="counter" host="/w" ticket="t" className="wide" id="one" style={{ width: 4 }} />,
  );
  expect(ref.current?.outerHTML).toBe(
    '<any-view id="one" style="width: 4px;" name="counter" host="/w" ticket="t" class="wide"></any-view>',
  );
});

test("however many there are, also in StrictMode, their host's script is in the page once", () => {
  show([1, 2].map((key) => <AnyView key={key} name="counter" />));
  expect(scripts()).toEqual([new URL("/widgets/embed.js", document.baseURI).href]);
});

test("a script that a template has put there is not loaded again", () => {
  document.head.innerHTML = '<script type="module" src="/widgets/embed.js?v=abc"></script>';
  show(<AnyView name="counter" host="/widgets/" />);
  expect(scripts()).toHaveLength(1);
});

test("a script that cannot be loaded is said, and asked for again by the next view", () => {
  show(<AnyView name="counter" />);
  act(() => void document.querySelector("script")?.dispatchEvent(new Event("error")));
  expect(place.querySelector("[role=alert]")?.textContent).toContain("/widgets/embed.js cannot be loaded");
  expect(scripts()).toHaveLength(0);
  act(() => root?.unmount());
  show(<AnyView name="counter" />);
  expect(scripts()).toHaveLength(1);
  expect(place.querySelector("[role=alert]")).toBeNull();
});

test("what the host's script puts into the element is left alone by renderings, and by hydration", () => {
  const page = (label: string) => <AnyView name="counter" aria-label={label} />;
  place.innerHTML = renderToString(page("before"));
  expect(place.innerHTML).toBe('<any-view aria-label="before" name="counter" host="/widgets"></any-view>');
  const view = place.firstElementChild as HTMLElement;
  view.innerHTML = "<button>7</button>";
  const complained = vi.spyOn(console, "error").mockImplementation(() => {});
  act(() => {
    root = hydrateRoot(place, page("before"), {
      onRecoverableError: (error) => expect.fail(String(error)),
    });
  });
  expect(complained.mock.calls).toEqual([]);
  act(() => root?.render(page("after")));
  expect(place.firstElementChild).toBe(view);
  expect(view.outerHTML).toContain('aria-label="after"');
  expect(view.textContent).toBe("7");
});
