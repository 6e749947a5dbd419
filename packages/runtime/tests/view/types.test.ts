import type * as Afm from "@anywidget/types";
import { expectTypeOf, test } from "vitest";
import type {
  AnyModel,
  Definition,
  Experimental,
  Host,
  InitializeProps,
  RenderProps,
} from "../../src/view/afm.ts";

// Checked by tsc: what we give is what `@anywidget/types` promises, and what it allows we take.
test("our objects are assignable to those of @anywidget/types", () => {
  expectTypeOf<AnyModel>().toExtend<Afm.AnyModel>();
  expectTypeOf<Experimental>().toExtend<Afm.Experimental>();
  expectTypeOf<Host>().toExtend<Afm.Host>();
  expectTypeOf<InitializeProps>().toExtend<Afm.InitializeProps>();
  expectTypeOf<RenderProps>().toExtend<Afm.RenderProps>();
  const typed: Definition = { initialize: (() => ({})) as Afm.Initialize, render: (() => {}) as Afm.Render };
  expectTypeOf(typed).toExtend<Definition>();
});
