/** Where the front end of a classic widget's package is, as a server or an exported page says it. */

/** Finds the front end of the models that name this module in `_model_module`. Rejects where nobody can be asked. */
export type FindBundle = (module: string) => Promise<FoundBundle>;

export type FoundBundle = AmdBundle | FederatedBundle | MissingBundle;

interface Located {
  readonly module: string;
  /** The script to begin with, as a person finds it: `nbextensions/bqplot/index.js`. */
  readonly entry: string;
  /** What to run, one after the other. The last is the entry: what it fetches later lies beside it. */
  readonly scripts: readonly string[];
  /** The address below which `nbextensions/` is, as Jupyter's base address has it, with a slash at its end. */
  readonly root: string;
}

/** A script in AMD form, as the classic notebook loads it. */
export interface AmdBundle extends Located {
  readonly kind: "amd";
}

/** A container of webpack's module federation, as JupyterLab loads it. */
export interface FederatedBundle extends Located {
  readonly kind: "federated";
  /** Other packages whose code it shares and does not bring. */
  readonly needs: readonly string[];
  readonly style: boolean;
}

/** There is none. */
export interface MissingBundle {
  readonly kind: "missing";
  readonly module: string;
  /** What was looked for in each folder. */
  readonly files: readonly string[];
  /** None: this page may not know. */
  readonly folders: readonly string[];
}
