/** A step, or a module that it loads, can replace any built-in function and extend any prototype. */
export const BROKEN_BUILTINS =
  "a step, or a module, has replaced a built-in function of JavaScript or extended Object.prototype, so that records " +
  "would be wrong";

const CLOCK = performance;
const ONE_MAP = new Map([[1, 1]]);
const ONE_SET = new Set([1]);

function* generateOne(): Generator<number> {
  yield 1;
}

// What running steps and writing a journal calls. Each function keeps some of it as it is now, and returns one that compares
// it: V8 makes a constant of each, and so compares all of them in a tenth of the time that comparing two lists takes.

const areObjectsSame = keepObjects();
const areArraysSame = keepArrays();
const areTextsSame = keepTexts();
const areMapsSame = keepMaps();
const areBytesSame = keepBytes();
const areTimesSame = keepTimes();
const areCallsSame = keepCalls();
const startsTimers = keepGlobal("setTimeout");
const clearsTimers = keepGlobal("clearTimeout");

function keepObjects(): () => boolean {
  const { stringify, parse } = JSON;
  const { get, ownKeys } = Reflect;
  const { keys, entries, assign, fromEntries, hasOwn, is, freeze, defineProperty, getPrototypeOf } = Object;
  const { getOwnPropertyNames, getOwnPropertyDescriptor, getOwnPropertySymbols } = Object;
  return () =>
    JSON.stringify === stringify && JSON.parse === parse && Reflect.get === get && Reflect.ownKeys === ownKeys &&
    Object.keys === keys && Object.entries === entries && Object.assign === assign && Object.is === is &&
    Object.fromEntries === fromEntries && Object.hasOwn === hasOwn && Object.freeze === freeze &&
    Object.defineProperty === defineProperty && Object.getPrototypeOf === getPrototypeOf &&
    Object.getOwnPropertyNames === getOwnPropertyNames && Object.getOwnPropertySymbols === getOwnPropertySymbols &&
    Object.getOwnPropertyDescriptor === getOwnPropertyDescriptor;
}

function keepArrays(): () => boolean {
  const { isArray, from, prototype: array } = Array;
  const { [Symbol.iterator]: iterate, push, pop, shift, unshift, splice, slice, concat, map, filter, find } = array;
  const { findIndex, every, some, includes, indexOf, flatMap, join, reduce, at, entries, forEach, fill } = array;
  const iterator: { readonly next?: unknown } = Object.getPrototypeOf([].values());
  const generator: { readonly next?: unknown } = Object.getPrototypeOf(Object.getPrototypeOf(generateOne()));
  const { next } = iterator;
  const { next: generate } = generator;
  return () =>
    Array.isArray === isArray && Array.from === from && array[Symbol.iterator] === iterate && array.push === push &&
    array.pop === pop && array.shift === shift && array.unshift === unshift && array.splice === splice &&
    array.slice === slice && array.concat === concat && array.map === map && array.filter === filter &&
    array.find === find && array.findIndex === findIndex && array.every === every && array.some === some &&
    array.includes === includes && array.indexOf === indexOf && array.flatMap === flatMap && array.join === join &&
    array.reduce === reduce && array.at === at && array.entries === entries && array.forEach === forEach &&
    array.fill === fill && iterator.next === next && generator.next === generate;
}

function keepTexts(): () => boolean {
  const { prototype: text } = String;
  const { prototype: pattern } = RegExp;
  const { isFinite, isInteger, prototype: number } = Number;
  const { replace, slice, split, includes, startsWith, endsWith, charCodeAt, padStart, toWellFormed } = text;
  const { exec, test, [Symbol.replace]: replaceMatches } = pattern;
  const { toString } = number;
  return () =>
    text.replace === replace && text.slice === slice && text.split === split && text.includes === includes &&
    text.startsWith === startsWith && text.endsWith === endsWith && text.charCodeAt === charCodeAt &&
    text.padStart === padStart && text.toWellFormed === toWellFormed && pattern.exec === exec &&
    pattern.test === test && pattern[Symbol.replace] === replaceMatches && number.toString === toString &&
    Number.isFinite === isFinite && Number.isInteger === isInteger;
}

function keepMaps(): () => boolean {
  const { prototype: map } = Map;
  const { prototype: set } = Set;
  const { get, set: put, has, delete: remove, [Symbol.iterator]: iterate } = map;
  const { add, has: holds, delete: drop, [Symbol.iterator]: iterateSet } = set;
  return () =>
    map.get === get && map.set === put && map.has === has && map.delete === remove &&
    map[Symbol.iterator] === iterate &&
    set.add === add && set.has === holds && set.delete === drop && set[Symbol.iterator] === iterateSet;
}

function keepBytes(): () => boolean {
  const { prototype: encoder } = TextEncoder;
  const { prototype: bytes } = Uint8Array;
  const { prototype: view } = DataView;
  const { encode, encodeInto } = encoder;
  const { toBase64, set, subarray } = bytes;
  const { getInt32, setInt32 } = view;
  return () =>
    encoder.encode === encode && encoder.encodeInto === encodeInto && bytes.toBase64 === toBase64 &&
    bytes.set === set &&
    bytes.subarray === subarray && view.getInt32 === getInt32 && view.setInt32 === setInt32;
}

function keepTimes(): () => boolean {
  const { prototype: date, now, parse } = Date;
  const { toISOString, getTime } = date;
  const { now: elapsed } = CLOCK;
  const { max, min, round, ceil, floor } = Math;
  return () =>
    date.toISOString === toISOString && date.getTime === getTime && Date.now === now && Date.parse === parse &&
    CLOCK.now === elapsed && Math.max === max && Math.min === min && Math.round === round && Math.ceil === ceil &&
    Math.floor === floor;
}

/** Of a global that Deno loads when it is first read, keeps what loads it: to load the timers takes 14 ms. */
function keepGlobal(name: "setTimeout" | "clearTimeout"): () => boolean {
  const { get, value } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
  if (get === undefined) return () => globalThis[name] === value;
  // Makes no object, unlike a look at the descriptor.
  const findGet: (this: unknown, name: string) => unknown = Reflect.get(Object.prototype, "__lookupGetter__");
  return () => findGet.call(globalThis, name) === get;
}

function keepCalls(): () => boolean {
  const Known = Promise;
  const { race, all, prototype: promise } = Promise;
  const { then } = promise;
  const { prototype: fn } = Function;
  const { call, apply, bind } = fn;
  return () =>
    Promise === Known && Promise.race === race && Promise.all === all && promise.then === then && fn.call === call &&
    fn.apply === apply && fn.bind === bind;
}

const { prototype } = Object;
const { prototype: arrayPrototype } = Array;

/** Tells whether everything that runs steps and writes a journal is as it was when the library was loaded. */
export function areBuiltinsUnchanged(): boolean {
  if ("toJSON" in arrayPrototype || "toJSON" in prototype) return false;
  for (const _key in prototype) return false;
  try {
    return areObjectsSame() && areArraysSame() && areTextsSame() && areMapsSame() && areBytesSame() && areTimesSame() &&
      areCallsSame();
  } catch {
    return false;
  }
}

/** Tells whether timers are as they were. To look takes longer than all of {@linkcode areBuiltinsUnchanged}. */
export function areTimersUnchanged(): boolean {
  return startsTimers() && clearsTimers();
}

/** Whether nothing has changed, which is quick to see, or a sample gives what it gave when the library was loaded. */
export function stillWorks(sample: () => string, expected: string, isUnchanged = areBuiltinsUnchanged()): boolean {
  return isUnchanged || (isSafeToTry() && sample() === expected);
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
