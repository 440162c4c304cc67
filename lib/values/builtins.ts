/** A step, or a module that it loads, can replace any built-in function and extend any prototype. */
export const BROKEN_BUILTINS =
  "a step, or a module, has replaced a built-in function of JavaScript or extended Object.prototype, so that records " +
  "would be wrong";

const CLOCK = performance;
const ONE_MAP = new Map([[1, 1]]);
const ONE_SET = new Set([1]);
const ARRAY_ITERATOR: { readonly next?: unknown } = Object.getPrototypeOf([].values());
const GENERATOR: { readonly next?: unknown } = Object.getPrototypeOf(Object.getPrototypeOf(generateOne()));

function* generateOne(): Generator<number> {
  yield 1;
}

/** What running steps and writing a journal calls, as it is now. Read in one place, so that V8 compares all of it in a fraction of a microsecond. */
// deno-fmt-ignore
function readBuiltins(): readonly unknown[] {
  const { prototype: array } = Array;
  const { prototype: text } = String;
  const { prototype: map } = Map;
  const { prototype: set } = Set;
  const { prototype: bytes } = Uint8Array;
  const { prototype: call } = Function;
  return [
    JSON.stringify, JSON.parse, Array.isArray, Array.from, Number.isFinite, Number.isInteger, Reflect.get, Reflect.ownKeys,
    Object.keys, Object.entries, Object.assign, Object.fromEntries, Object.hasOwn, Object.is, Object.freeze,
    Object.defineProperty, Object.getPrototypeOf, Object.getOwnPropertyNames, Object.getOwnPropertyDescriptor,
    Object.getOwnPropertySymbols,
    array[Symbol.iterator], array.push, array.pop, array.shift, array.unshift, array.splice, array.slice, array.concat,
    array.map, array.filter, array.find, array.findIndex, array.every, array.some, array.includes, array.indexOf,
    array.flatMap, array.join, array.reduce, array.at, array.entries, array.forEach, array.fill,
    ARRAY_ITERATOR.next, GENERATOR.next,
    text.replace, text.slice, text.split, text.includes, text.startsWith, text.endsWith, text.charCodeAt, text.padStart,
    text.toWellFormed, Number.prototype.toString,
    RegExp.prototype.exec, RegExp.prototype.test, RegExp.prototype[Symbol.replace], Date.prototype.toISOString,
    Date.prototype.getTime, Date.now, Date.parse, CLOCK.now, setTimeout, clearTimeout,
    Math.max, Math.min, Math.round, Math.ceil, Math.floor,
    map.get, map.set, map.has, map.delete, map[Symbol.iterator], set.add, set.has, set.delete,
    set[Symbol.iterator],
    TextEncoder.prototype.encode, TextEncoder.prototype.encodeInto, bytes.toBase64, bytes.set,
    bytes.subarray, DataView.prototype.getInt32, DataView.prototype.setInt32,
    Promise, Promise.prototype.then, Promise.race, Promise.all, call.call, call.apply, call.bind,
  ];
}

const BUILTINS = readBuiltins();
const { prototype } = Object;
const { prototype: arrayPrototype } = Array;

/** Tells whether everything that runs steps and writes a journal is as it was when the library was loaded. */
export function areBuiltinsUnchanged(): boolean {
  if ("toJSON" in arrayPrototype || "toJSON" in prototype) return false;
  for (const _key in prototype) return false;
  try {
    const builtins = readBuiltins();
    for (let index = 0; index < BUILTINS.length; index += 1) if (builtins[index] !== BUILTINS[index]) return false;
    return true;
  } catch {
    return false;
  }
}

/** Whether nothing has changed, which is quick to see, or a sample gives what it gave when the library was loaded. */
export function stillWorks(sample: () => string, expected: string): boolean {
  return areBuiltinsUnchanged() || (isSafeToTry() && sample() === expected);
}

/** Looks, without a loop, at what could make a loop endless. */
function isSafeToTry(): boolean {
  try {
    const begins = [[1][Symbol.iterator](), ONE_MAP.values(), ONE_SET.values(), generateOne()];
    for (let index = 0; index < begins.length; index += 1) {
      const iterator = begins[index];
      if (iterator?.next().value !== 1 || iterator.next().done !== true) return false;
    }
    return /b/.exec("abc")?.index === 1 && /b/.exec("a") === null && "a".indexOf("b") === -1 && [1].indexOf(2) === -1 &&
      Object.getPrototypeOf(begins) === arrayPrototype && Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}
