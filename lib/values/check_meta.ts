import { checkAnnotated, isJsonObject, isRefJson, mayAnnotateWithin, readAnnotation } from "./check_annotated.ts";
import { isForbiddenKey } from "./is_forbidden_key.ts";
import type { Json } from "./json.ts";
import { MAX_DEPTH } from "./max_depth.ts";
import { parseMetaPath } from "./parse_meta_path.ts";
import type { Placeholder } from "./placeholder.ts";

/**
 * Checks the note that stands beside a value before superjson sees it, and lists the placeholders that it names.
 *
 * The note comes from a file that anybody may have written. Accepted is only what our encoder writes: known annotations,
 * each with the JSON that belongs to it, on paths that exist, every place at most once.
 *
 * @throws {TypeError} The note is anything else.
 */
export function checkMeta(value: Json, meta: Json): readonly Placeholder[] {
  if (!isJsonObject(meta) || meta.v !== 1 || Object.keys(meta).length !== 2 || !Object.hasOwn(meta, "values")) {
    refuse("it is not of the form { values, v: 1 }");
  }
  const check = new MetaCheck();
  const values = meta.values;
  if (Array.isArray(values)) check.checkNode(value, values);
  else check.checkChildren(value, values, () => true);
  return check.placeholders;
}

class MetaCheck {
  readonly placeholders: Placeholder[] = [];
  // No place may be changed twice, or be changed and then gone through: each object is either on the way or annotated.
  readonly #passed = new Set<object>();
  readonly #annotated = new Set<object>();
  #depth = 0;

  checkNode(json: Json, node: Json): void {
    const [annotation, children, ...rest] = Array.isArray(node) ? node : [];
    const word = readAnnotation(annotation);
    if (word === undefined || rest.length > 0) refuse("it has an unknown annotation");
    if (!checkAnnotated(word, json)) refuse(`a value is marked as ${word} and does not look like one`);
    if (typeof json === "object" && json !== null) {
      if (this.#passed.has(json) || this.#annotated.has(json)) refuse("it names a place twice");
      this.#annotated.add(json);
    }
    if (word === "custom:ref" && isRefJson(json)) {
      this.placeholders.push({ kind: "ref", step: json.step, path: [...json.path ?? []] });
    }
    if (word === "custom:env" && typeof json === "string") this.placeholders.push({ kind: "env", name: json });
    if (children !== undefined) this.checkChildren(json, children, (path) => mayAnnotateWithin(word, path));
  }

  checkChildren(json: Json, children: Json | undefined, isAllowed: (path: readonly string[]) => boolean): void {
    if (!isJsonObject(children)) refuse("it has annotations that are not an object");
    if (++this.#depth > MAX_DEPTH) refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    for (const [key, node] of Object.entries(children)) {
      const path = parsePath(key);
      if (!isAllowed(path)) refuse("it annotates what cannot be annotated");
      this.checkNode(this.#follow(json, path), node);
    }
    this.#depth--;
  }

  #follow(start: Json, path: readonly string[]): Json {
    let at = start;
    for (const key of path) {
      if (typeof at !== "object" || at === null) refuse("it has a path that does not exist");
      if (at !== start) {
        if (this.#annotated.has(at)) refuse("it names a place twice");
        this.#passed.add(at);
      }
      at = getChild(at, key);
    }
    return at;
  }
}

function getChild(json: object, key: string): Json {
  // `length` is an own property of an array, and "01" would reach an element under a second name.
  const isIndex = !Array.isArray(json) || /^(0|[1-9][0-9]*)$/.test(key);
  if (!isIndex || isForbiddenKey(key) || !Object.hasOwn(json, key)) refuse("it has a path that does not exist");
  return Reflect.get(json, key);
}

function parsePath(path: string): readonly string[] {
  return parseMetaPath(path) ?? refuse("it has a path with an unknown escape");
}

function refuse(reason: string): never {
  throw new TypeError(`Cannot decode a value: the meta beside it was not written by this library: ${reason}`);
}
