import { types } from "node:util";

/** A function that a step calls. What it takes is known to its author alone; the journal holds the arguments. */
export type StepFunction = (...args: readonly unknown[]) => unknown;

/**
 * Whether a value can be called as a step. Classes are functions to JavaScript, but cannot be called; calling a generator
 * function runs nothing of it.
 */
export function isStepFunction(value: unknown): value is StepFunction {
  return typeof value === "function" && !isClass(value) && !isGeneratorFunction(value);
}

/** Whether a value is a generator function, async or not. */
export function isGeneratorFunction(value: unknown): boolean {
  return types.isGeneratorFunction(value);
}

/** Whether a value is a class. */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
