import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";

/**
 * The beginnings of the module URLs that a worker may load. Everyone who may write to a database could make every worker run any
 * code otherwise.
 */
export class TrustedModules {
  /** As URLs. What begins otherwise need not be claimed. */
  readonly prefixes: readonly string[];

  /**
   * @param words URLs, or paths of files and folders. A folder includes everything in it.
   * @param isFolder Tells of a path.
   * @throws {TypeError} A word is neither.
   */
  constructor(words: readonly string[], isFolder: (path: string) => boolean) {
    this.prefixes = words.map((word) => toPrefix(word, isFolder));
  }

  has(url: string): boolean {
    return this.prefixes.some((prefix) => covers(prefix, url));
  }
}

function toPrefix(word: string, isFolder: (path: string) => boolean): string {
  if (word.trim() === "") throw new TypeError("it is empty");
  if (/^(?:jsr|npm):\/?@?[^/@]/.test(word)) return word;
  if (/^[a-z][a-z\d+.-]+:/i.test(word)) {
    const url = URL.parse(word);
    if (url === null) throw new TypeError(`${JSON.stringify(word)} is no URL`);
    if (!["file:", "https:", "http:"].includes(url.protocol)) {
      throw new TypeError(`modules are not loaded from ${url.protocol}`);
    }
    return url.href;
  }
  const path = resolve(word);
  const { href } = toFileUrl(path);
  return isFolder(path) && !href.endsWith("/") ? `${href}/` : href;
}

/** The beginning ends where a part of the URL ends: "https://example.com/a" does not cover "https://example.com/ab.ts". */
function covers(prefix: string, url: string): boolean {
  // A "/../" would lead out of it. Module URLs have their normal form, so that none is left.
  if (!url.startsWith(prefix)) return false;
  return url.length === prefix.length || /[/@]$/.test(prefix) || /^[/@?#]/.test(url.slice(prefix.length));
}
