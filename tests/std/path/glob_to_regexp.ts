/** How a glob is read. */
export interface GlobOptions {
  /** Extended groups such as `@(a|b)`; the stand-in does not know them. @default {true} */
  extended?: boolean;
  /** Whether `**` stands for any number of folders. @default {true} */
  globstar?: boolean;
  /** Whether capitals are the same as small letters. @default {false} */
  caseInsensitive?: boolean;
}

/** Options of `globToRegExp()`. */
export type GlobToRegExpOptions = GlobOptions & {
  /** The operating system whose paths are meant; the stand-in knows slashes alone. */
  os?: "darwin" | "linux" | "windows" | "freebsd" | "netbsd" | "aix" | "solaris" | "illumos";
};

/** Makes a pattern that matches what a glob matches: `*`, `?`, `[a-z]`, `[!a]`, `{a,b}` and `**`. */
export function globToRegExp(glob: string, options: GlobToRegExpOptions = {}): RegExp {
  const { globstar = true, caseInsensitive = false } = options;
  const parts = glob.split(/\/+/);
  const last = parts.length - 1;
  const source = parts.map((part, index) => {
    if (part === "**" && globstar) return index === last ? "(?:[^/]+(?:/+|$))*" : "(?:[^/]+/+)*";
    return translate(part) + (index === last ? "" : "/+");
  });
  return new RegExp(`^${source.join("")}/*$`, caseInsensitive ? "i" : "");
}

function translate(part: string): string {
  let depth = 0;
  return part.replace(/\\(.)|\[(!?)([^\]]+)\]|[*?{},]|[^*?{},\\[]+|./g, (token, escaped, not, set) => {
    if (escaped !== undefined) return RegExp.escape(escaped);
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\^]/g, "\\$&")}]`;
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token === "{") depth += 1;
    if (token === "{") return "(?:";
    if (token === "}") depth -= 1;
    if (token === "}") return ")";
    if (token === ",") return depth > 0 ? "|" : ",";
    return RegExp.escape(token);
  });
}
