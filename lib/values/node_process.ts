/**
 * Gives Node's `process`, whose `getBuiltinModule` loads a module at the moment when it is needed and does not wait for it,
 * as `import()` would. Each module of Node's takes 5 to 20 ms, so none of those that are seldom needed is imported.
 */
export function nodeProcess(): typeof import("node:process") | undefined {
  return Reflect.get(globalThis, "process");
}
