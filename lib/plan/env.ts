import { setBrand } from "../values/brand.ts";
import type { Ref } from "./ref.ts";

const MISUSE = "Pass it as an argument of a step; the step gets the value";

/**
 * Stands for the value of an environment variable, read when the step that uses it is started. The journal holds the
 * variable's name and never its value; use it for passwords and keys.
 *
 * @param name The variable's name.
 * @returns A ref to be used as an argument. A variable that is not set, or that Deno has no permission to read
 * (`--allow-env`), ends the run before the step starts.
 * @throws {TypeError} The name is empty, or has a "=" or a NUL in it.
 *
 * @example
 * ```ts
 * import { env, Transaction } from "@x/resumable-tx";
 *
 * export async function notify(address: string, key: string): Promise<void> {
 *   await fetch("https://mail.example/send", { method: "POST", body: address, headers: { authorization: key } });
 * }
 *
 * const t = new Transaction(import.meta);
 * t.do(notify, "ana@example.com", env("MAIL_KEY"));
 * ```
 */
export function env(name: string): Ref<string> {
  if (typeof name !== "string" || name === "" || name.includes("=") || name.includes("\0")) {
    throw new TypeError(`Cannot name an environment variable ${JSON.stringify(name)}`);
  }
  // The one place where the type is asserted: a ref's type lives in the type checker alone.
  return new EnvRef(name) as unknown as Ref<string>;
}

class EnvRef {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    setBrand(this, "env", { name });
  }

  get(key: PropertyKey): never {
    throw new TypeError(`Cannot refer to ${JSON.stringify(String(key))} of a variable: its value is a text`);
  }

  toString(): string {
    throw this.#misuse();
  }

  valueOf(): never {
    throw this.#misuse();
  }

  toJSON(): never {
    throw this.#misuse();
  }

  [Symbol.toPrimitive](): never {
    throw this.#misuse();
  }

  #misuse(): TypeError {
    return new TypeError(
      `Cannot use env(${JSON.stringify(this.#name)}) as a value: it is read when a step runs. ${MISUSE}`,
    );
  }
}
