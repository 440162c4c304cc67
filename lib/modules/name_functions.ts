import type { Home } from "../plan/function_place.ts";
import type { FunctionName } from "./load_functions.ts";
import { once } from "../values/shape.ts";
import { findingsOf } from "./module_source.ts";
import { type FunctionToName, nameWritten } from "./written_names.ts";

/** It takes 60 ms to load. Each import would read its files again. */
const loadSearch = once(() => import("./search_functions.ts"));

/** What is known of a home: it is worked out once, also if many transactions are planned at the same time. */
interface Naming {
  /** Of functions that have been found. One that was not may get its value later. */
  readonly names: WeakMap<FunctionToName["fn"], FunctionName>;
  /** It may plan, although it is the main module. */
  isGuarded: boolean;
  /** Until it has ended, nobody else begins. */
  work: Promise<unknown>;
}

/** Names the functions of a plan, and runs none. Home is only analysed if a function does not carry its own name. */
export async function nameFunctions(
  home: Home,
  functions: readonly FunctionToName[],
): Promise<readonly FunctionName[]> {
  const naming = findingsOf("names", home.url, makeNaming);
  const isReady = () => naming.isGuarded && functions.every(({ fn }) => naming.names.has(fn));
  if (!isReady()) {
    // A plan waits for the one before it, and usually finds the same functions named.
    const name = async () => isReady() ? undefined : await nameUnknown(home, functions, naming);
    naming.work = naming.work.then(name, name);
    await naming.work;
  }
  return functions.flatMap(({ fn }) => naming.names.get(fn) ?? []);
}

function makeNaming(): Naming {
  return { names: new WeakMap(), isGuarded: false, work: Promise.resolve() };
}

async function nameUnknown(home: Home, functions: readonly FunctionToName[], naming: Naming): Promise<void> {
  const unknown = functions.filter(({ fn }) => !naming.names.has(fn));
  const distinct = [...new Map(unknown.map((wanted) => [wanted.fn, wanted])).values()];
  // What cannot be named this way may be found with a parser. If not, that says why.
  const names = await nameWritten(home, distinct).catch(() => undefined) ??
    await (await loadSearch()).searchFunctions(home, distinct, naming.isGuarded);
  naming.isGuarded = true;
  for (const [index, { fn }] of distinct.entries()) {
    const name = names[index];
    if (name !== undefined) naming.names.set(fn, name);
  }
}
