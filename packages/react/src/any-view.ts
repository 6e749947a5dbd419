import {
  createElement,
  Fragment,
  forwardRef,
  type HTMLAttributes,
  type ReactElement,
  type Ref,
  useEffect,
  useState,
} from "react";
import { requireScript } from "./script.ts";

/** Which widget: one that the host has a name for, or any model of the visitor's session. */
type Shown =
  | { readonly name: string; readonly modelId?: never }
  | { readonly name?: never; readonly modelId: string };

export type AnyViewProps = Shown &
  Omit<HTMLAttributes<HTMLElement>, "children" | "dangerouslySetInnerHTML"> & {
    /** The address of the mounted `WidgetHost`, as a link in the page would have it; "/widgets" without it. */
    readonly host?: string;
    /** For a page of another origin: what the app's Python gave for this visitor (`host.ticket(session)`). */
    readonly ticket?: string;
    /** For a `Content-Security-Policy` that wants a nonce. */
    readonly nonce?: string;
  };

/**
 * A view of a live widget.
 *
 * It renders `<any-view>`, which the host's own script brings to life: the component loads that from the app, so that
 * page and server are never of two versions. The widget belongs to the visitor's session, and its `initialize` runs
 * once for each page: to mount, unmount or move a view, or to show it twice (as StrictMode does), only renders it.
 * On a server it renders an empty element, and needs no `window`.
 */
export const AnyView = forwardRef(function AnyView(
  { name, modelId, host = "/widgets", ticket, nonce, className, ...rest }: AnyViewProps,
  ref: Ref<HTMLElement>,
): ReactElement {
  const problem = useScript(host, nonce);
  const view = createElement("any-view", {
    ...rest,
    ref,
    name,
    "model-id": modelId,
    host,
    ticket,
    class: className, // React 18 would make an attribute `classname` of it
    // What is in it is not React's, also where it was there before React was.
    dangerouslySetInnerHTML: NOTHING,
    suppressHydrationWarning: true,
  });
  return createElement(Fragment, null, view, problem && createElement("p", { role: "alert" }, problem));
});

/** Always the same object: React writes into the element when it sees another one. */
const NOTHING = { __html: "" };

/** Have the host's script in the page while something shows its widgets; says why it cannot be loaded. */
function useScript(host: string, nonce: string | undefined): string | null {
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const lifetime = new AbortController();
    const base = new URL(host.endsWith("/") ? host : `${host}/`, document.baseURI);
    setProblem(null);
    const failed = () =>
      setProblem(`${base.href}embed.js cannot be loaded: is a WidgetHost mounted there, and running?`);
    requireScript(base, nonce, failed, lifetime.signal);
    return () => lifetime.abort();
  }, [host, nonce]);
  return problem;
}
