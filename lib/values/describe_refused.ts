import { types } from "node:util";
import { readBrand } from "./brand.ts";

const MAX_NAME_LENGTH = 64;
const SUB_PLAN = "a sub-plan, which only a step can return, and only as the whole of its value";

/** Says what a value is that cannot be stored, to follow "… is". Runs no code of the value; not escaped. */
export function describeRefused(value: unknown): string {
  if (typeof value === "function") return types.isProxy(value) ? "a Proxy" : describeFunction(value);
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  if (types.isProxy(value)) return "a Proxy";
  if (readBrand(value, "plan") !== undefined) return SUB_PLAN;
  if (Object.getPrototypeOf(value) === null) return "an object without a prototype";
  const name = findClassName(value);
  if (types.isBoxedPrimitive(value)) return `a boxed ${name.toLowerCase()}`;
  if (types.isNativeError(value)) return `an error of class ${name}`;
  if (name === "Object") return "an object whose prototype is not Object.prototype";
  return isGlobalName(name) ? withArticle(name) : `an instance of ${name}`;
}

function describeFunction(value: object): string {
  return readBrand(value, "step-function") === undefined ? "a function" : "a step function";
}

function findClassName(value: object): string {
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) break;
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof constructor !== "function" || types.isProxy(constructor)) continue;
    const name: unknown = Object.getOwnPropertyDescriptor(constructor, "name")?.value;
    if (typeof name !== "string" || name === "") break;
    return name.slice(0, MAX_NAME_LENGTH);
  }
  return "a class without a name";
}

function isGlobalName(name: string): boolean {
  return Object.hasOwn(globalThis, name);
}

// Names of classes that begin with U ("URLSearchParams", "Uint16Array") are spoken with a consonant.
function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}
