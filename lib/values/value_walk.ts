import types from "node:util/types";
import { cutText, escapeForTerminal, safeText } from "../text/escape.ts";
import { type BrandData, readBrand } from "./brand.ts";
import { type Json, MAX_DEPTH } from "./json.ts";

// The longest number, word, or pair of quotes or brackets, with its comma or colon.
const MAX_NODE_BYTES = 26;
const MAX_CHARACTER_BYTES = 6;
const MAX_ANNOTATION_BYTES = 48;
const MAX_INDEX_BYTES = 12;

/** Copies the value at the current place of a walk. Passed as an argument, so that files form no cycle. */
export type CopyPart = (walk: ValueWalk, value: unknown) => unknown;

export interface EncodeOptions {
  /** Name of the value in messages, `value` by default. */
  readonly root?: string;
  /** Called with each ref in the value. If it throws, encoding ends. */
  readonly onRef?: (ref: BrandData["ref"]) => void;
  /** Maximum size of the value and its meta as escaped JSON, `MAX_VALUE_BYTES` by default. */
  readonly maxBytes?: number;
}

/** The place of a walk through a value, and what it has seen so far. */
export class ValueWalk {
  /** From the root to the current place. The functions that walk change it. */
  readonly path: PathSegment[] = [];
  /** The value contains something that JSON cannot express. */
  isRich = false;
  readonly root: string;
  readonly maxBytes: number;
  readonly #onRef: EncodeOptions["onRef"];
  readonly #parents: object[] = [];
  #depth = 0;
  #characters = 0;
  #nodes = 0;
  #annotationBytes = 0;
  #refusal: unknown;

  constructor({ root = "value", onRef, maxBytes = MAX_VALUE_BYTES }: EncodeOptions) {
    this.root = root;
    this.maxBytes = maxBytes;
    this.#onRef = onRef;
  }

  /** Upper bound for the bytes of the value and its meta as escaped JSON. */
  get maxSize(): number {
    return this.#characters * MAX_CHARACTER_BYTES + this.#nodes * MAX_NODE_BYTES + this.#annotationBytes;
  }

  /** Counts a leaf or a key. Twice the limit ends the walk, because values with shared parts can grow exponentially. */
  count(characters: number): void {
    this.#characters += characters;
    this.#nodes++;
    const size = this.#characters + this.#nodes;
    if (size > 2 * this.maxBytes) throw new ValueTooLarge(this.root, size, this.maxBytes);
  }

  countRich(characters: number): void {
    this.markRich();
    this.count(characters);
  }

  /** Notes that the value at the current place needs an annotation. */
  markRich(): void {
    this.isRich = true;
    this.#annotationBytes += MAX_ANNOTATION_BYTES;
    for (const segment of this.path) {
      this.#annotationBytes += MAX_INDEX_BYTES;
      if (typeof segment === "string") this.#annotationBytes += segment.length * MAX_CHARACTER_BYTES;
    }
  }

  /** Enters a container that takes this many levels of JSON. */
  enter(container: object, levels = 1): void {
    if (this.#parents.includes(container)) this.#refuseHere("contains itself");
    this.#depth += levels;
    if (this.#depth > MAX_DEPTH) this.refuse(`nested deeper than ${MAX_DEPTH} levels`);
    this.#parents.push(container);
    this.count(0);
  }

  /** Leaves the container that was entered last, with the same levels. */
  leave(levels = 1): void {
    this.#parents.pop();
    this.#depth -= levels;
  }

  meetRef(ref: BrandData["ref"]): void {
    try {
      this.#onRef?.(ref);
    } catch (error) {
      throw this.#refusal = error;
    }
  }

  /** Ends the walk with an error. `what` follows "… is". */
  refuse(what: string): never {
    this.#refuseHere(`is ${escapeForTerminal(what)}`);
  }

  #refuseHere(why: string): never {
    throw this.#refusal = new TypeError(`${formatPath(this.root, this.path)} ${why}`);
  }

  /** Does the walk. What a value throws when it is read gets the place at which that happened. */
  explain<T>(walk: () => T): T {
    try {
      return walk();
    } catch (error) {
      if (error === this.#refusal || error instanceof ValueTooLarge) throw error;
      this.refuse(`a value that cannot be read: ${safeText(error)}`);
    }
  }

  refuseValue(value: unknown): never {
    this.refuse(describeRefused(value));
  }
}

/** In a path, comes before the row of a Set, or the row and column of a Map, which have no notation in JavaScript. */
export const SPREAD: unique symbol = Symbol("spread");

type PathSegment = string | number | typeof SPREAD;

const MAX_SEGMENTS = 24;
const MAX_KEY_LENGTH = 64;

/** Writes a path as a JavaScript expression. Long paths and long keys are shortened with `…`. */
export function formatPath(root: string, path: readonly PathSegment[]): string {
  if (path.length <= MAX_SEGMENTS) return appendSegments(root, path);
  const start = appendSegments(root, path.slice(0, MAX_SEGMENTS - 2));
  return appendSegments(`${start}…`, path.slice(-2).filter((segment) => segment !== SPREAD));
}

function appendSegments(start: string, path: readonly PathSegment[]): string {
  return path.reduce<string>((text, segment) => {
    if (segment === SPREAD) return `[...${text}]`;
    return text + (typeof segment === "number" ? `[${segment}]` : formatKey(segment));
  }, start);
}

function formatKey(key: string): string {
  const short = cutText(key, MAX_KEY_LENGTH + 1);
  return /^[A-Za-z_$][\w$]*$/.test(short) ? `.${short}` : `[${escapeForTerminal(JSON.stringify(short))}]`;
}

/** Names of the types that we add to superjson. Journals contain them, so they never change. */
export const CUSTOM_NAMES = ["ref", "env", "bytes", "error", "object", "record"] as const;
export type CustomName = typeof CUSTOM_NAMES[number];

const CUSTOM = Symbol("custom");

/** Marks a copy for superjson, which still encodes its members, because it is a plain object or an array. */
export function markAs<T extends object>(custom: CustomName, copy: T): T {
  return Object.assign(copy, { [CUSTOM]: custom });
}

export function isMarkedAs(custom: CustomName, value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    Object.getOwnPropertyDescriptor(value, CUSTOM)?.value === custom;
}

/** Stands for a value until superjson replaces it with its JSON. */
export class CustomLeaf {
  readonly [CUSTOM]: CustomName;
  readonly json: Json;

  constructor(custom: CustomName, json: Json) {
    this[CUSTOM] = custom;
    this.json = json;
  }
}

const MAX_NAME_LENGTH = 64;
const SUB_PLAN = "a sub-plan, which only a step can return, and only as the whole of its value";

/** Describes a value that cannot be stored, to follow "… is". Runs no code of the value. Not escaped. */
function describeRefused(value: unknown): string {
  if (types.isProxy(value)) return "a Proxy";
  if (typeof value === "function") {
    return readBrand(value, "step-function") === undefined ? "a function" : "a step function";
  }
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  if (readBrand(value, "plan") !== undefined) return SUB_PLAN;
  if (Object.getPrototypeOf(value) === null) return "a built-in object without its prototype";
  if (Object.getPrototypeOf(value) === Object.prototype) return "an object whose prototype is not its own";
  const name = findClassName(value);
  const realm = isOfOtherRealm(value, name) ? " of another realm, such as a context of node:vm: copy it first" : "";
  if (types.isBoxedPrimitive(value)) return `a boxed ${name.toLowerCase()}${realm}`;
  if (types.isNativeError(value)) return `an error of class ${name}${realm}`;
  if (name === "Object" && realm === "") return "an object whose prototype is not Object.prototype";
  if (!Object.hasOwn(globalThis, name)) return `an instance of ${name}`;
  // Class names with U ("URLSearchParams", "Uint16Array") begin with a consonant when spoken.
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}${realm}`;
}

/** Tells whether the prototype of a value is that of another class of a built-in name, whose code is native too. */
function isOfOtherRealm(value: object, name: string): boolean {
  const prototype = Object.getPrototypeOf(value);
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof constructor !== "function" || types.isProxy(constructor)) return false;
  const known: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  const isNative = /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(constructor));
  return known !== undefined && constructor !== known && isNative;
}

function findClassName(value: object): string {
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) break;
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof constructor !== "function" || types.isProxy(constructor)) continue;
    const name: unknown = Object.getOwnPropertyDescriptor(constructor, "name")?.value;
    if (typeof name !== "string" || name === "") break;
    return cutText(name, MAX_NAME_LENGTH, "");
  }
  return "a class without a name";
}

/** Maximum size of a stored value: the 16 MiB of a record, less 64 KiB for the rest of the record. */
export const MAX_VALUE_BYTES: number = 16 * 1024 * 1024 - 64 * 1024;

export class ValueTooLarge extends RangeError {
  override readonly name = "ValueTooLarge";
  /** Size of the value as escaped JSON. Counting stops at twice the limit, so the value may be larger. */
  readonly bytes: number;

  constructor(root: string, bytes: number, maxBytes: number) {
    super(`${root} is ${bytes} bytes or more as JSON, and at most ${maxBytes} can be stored`);
    this.bytes = bytes;
  }
}
