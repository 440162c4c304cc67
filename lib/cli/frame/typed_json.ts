import { cutText } from "../../text/escape.ts";
import { isPrototypeKey } from "../../values/json.ts";

/** Deeper JSON could exhaust the stack. A journal takes less. */
const MAX_DEPTH = 1000;
const MAX_SHOWN = 60;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS: ReadonlyMap<string, null | boolean> = new Map([["null", null], ["true", true], ["false", false]]);
/** What JSON has no word for. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ["undefined", 'Write {"$undefined": true}'],
  ["NaN", 'Write {"$number": "NaN"}'],
  ["Infinity", 'Write {"$number": "Infinity"}'],
]);
const ESCAPES = new Map(
  Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }),
);

/**
 * Reads JSON that a person has typed. It refuses what `JSON.parse` would change without a word: a number that loses digits,
 * a key that occurs twice, half a character. V8's own reader is not used also because it can give an object the keys of
 * another one (https://github.com/nodejs/node/issues/63785).
 *
 * @throws {SyntaxError} It is not such JSON; the message says where and, if there is one, which form to use.
 */
export function readTypedJson(text: string): unknown {
  return new TypedJson(text).read();
}

class TypedJson {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    // Some editors put a byte order mark at the beginning of a file.
    if (this.#text.startsWith("\ufeff")) this.#at = 1;
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#fault("there is more after the value");
    return value;
  }

  #value(depth: number): unknown {
    this.#skipSpace();
    const start = this.#text.charAt(this.#at);
    if (depth > MAX_DEPTH) throw this.#fault(`it is nested more than ${MAX_DEPTH} levels deep`);
    if (start === "") throw this.#fault("a value is missing");
    if (start === "{") return this.#object(depth);
    if (start === "[") return this.#list(depth);
    if (start === '"') return this.#string();
    if (start === "-" || (start >= "0" && start <= "9")) return this.#number();
    const [word = ""] = /^[a-z]+/i.exec(this.#text.slice(this.#at, this.#at + 20)) ?? [];
    const literal = LITERALS.get(word);
    if (literal === undefined) {
      throw this.#fault(
        `this is no value. ${WRITTEN.get(word) ?? `Text is written "like this", in a shell '"like this"'`}`,
      );
    }
    this.#at += word.length;
    return literal;
  }

  #object(depth: number): object {
    const entries = new Map<string, unknown>();
    this.#members("}", () => {
      this.#skipSpace();
      const start = this.#at;
      if (this.#text.charAt(start) !== '"') throw this.#fault('a key in double quotes is missing, as in {"key": 1}');
      const key = this.#string();
      if (isPrototypeKey(key)) throw this.#fault(`the key "${key}" is not stored: it can lead to a prototype`, start);
      if (entries.has(key)) throw this.#fault(`the key ${JSON.stringify(key)} occurs twice`, start);
      this.#expect(":");
      entries.set(key, this.#value(depth + 1));
    });
    return Object.fromEntries(entries);
  }

  #list(depth: number): unknown[] {
    const elements: unknown[] = [];
    this.#members("]", () => elements.push(this.#value(depth + 1)));
    return elements;
  }

  #members(end: "}" | "]", readMember: () => void): void {
    this.#at += 1;
    this.#skipSpace();
    if (this.#text.charAt(this.#at) !== end) {
      do readMember(); while (this.#takes(","));
    }
    this.#expect(end);
  }

  #string(): string {
    const begin = this.#at;
    let read = "";
    for (this.#at += 1;; this.#at += 1) {
      const character = this.#text.charAt(this.#at);
      if (character === '"') break;
      if (character === "") throw this.#fault('the text has no closing "', begin);
      if (character < " ") throw this.#fault(`a control character is written as an escape, such as \\n`);
      if (character === "\ufffd") {
        throw this.#fault("bytes that are not UTF-8 became U+FFFD. If it is meant, write \\ufffd");
      }
      read += character === "\\" ? this.#escape() : character;
    }
    this.#at += 1;
    if (!read.isWellFormed()) throw this.#fault("the text contains half a character (a lone surrogate)", begin);
    return read;
  }

  #escape(): string {
    const start = this.#at;
    this.#at += 1;
    const letter = this.#text.charAt(this.#at);
    const simple = ESCAPES.get(letter);
    if (simple !== undefined) return simple;
    const digits = /^u([0-9a-fA-F]{4})/.exec(this.#text.slice(this.#at, this.#at + 5))?.[1];
    if (digits === undefined) throw this.#fault(`there is no escape \\${letter}. A backslash is written \\\\`, start);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): number {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const [text = ""] = NUMBER.exec(this.#text) ?? [];
    this.#at += text.length;
    if (text === "" || /[\w.+-]/.test(this.#text.charAt(this.#at))) throw this.#fault("this is no JSON number", start);
    const value = Number(text);
    if (digitsOf(text) === digitsOf(value === 0 ? "0" : String(value))) return value;
    const shown = cutText(text, MAX_SHOWN);
    const form = /^-?\d+$/.test(text)
      ? `{"$bigint": "${shown}"}`
      : Number.isFinite(value)
      ? `text, such as "${shown}"`
      : `text, such as "${shown}", or {"$number": "${value}"}`;
    throw this.#fault(`the number ${shown} would become ${value}. To keep all digits, write ${form}`, start);
  }

  #takes(mark: string): boolean {
    this.#skipSpace();
    if (this.#text.charAt(this.#at) !== mark) return false;
    this.#at += 1;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takes(mark)) throw this.#fault(`${JSON.stringify(mark)} is missing`);
  }

  #skipSpace(): void {
    while (/[ \t\r\n]/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #fault(what: string, at = this.#at): SyntaxError {
    const lines = this.#text.slice(0, at).split("\n");
    return new SyntaxError(`at line ${lines.length}, column ${[...lines.at(-1) ?? ""].length + 1}: ${what}`);
  }
}

/** A decimal number as its digits and its exponent of ten, without zeros at either end. */
function digitsOf(text: string): string {
  const [, sign = "", whole = "", part = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + part).replace(/^0+/, "");
  const short = digits.replace(/0+$/, "");
  if (short === "") return "0";
  return `${sign}${short}e${BigInt(exponent) - BigInt(part.length) + BigInt(digits.length - short.length)}`;
}
