/** How a glob is read. */
export interface GlobOptions {
  /** Extended groups: `@(a|b)`, `?(a)`, `*(a)`, `+(a)`, `!(a)`. @default {true} */
  extended?: boolean;
  /** Whether `**` stands for any number of folders. @default {true} */
  globstar?: boolean;
  /** Whether capitals are the same as small letters. @default {false} */
  caseInsensitive?: boolean;
}

/** One piece of a glob. A slash ends a segment, unless it is in a group. */
const PIECE = /\\([^/])|\[([!^]?)((?:\[:\w*:\]|\\[^/]|[^\]\\/])*)\]|([@?*+!])\(|\*+|[^]/y;

/** What the classes in brackets stand for, as in `[[:digit:]]`. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: "\\dA-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "\\d",
  graph: "\\x21-\\x7e",
  lower: "a-z",
  print: "\\x20-\\x7e",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "\\dA-Fa-f",
};

interface Segment {
  readonly source: string;
  /** Where the slash after it is, or the end of the glob. */
  readonly end: number;
}

/** Makes a pattern that matches what a glob matches. A segment that is no valid glob stands for itself. */
export function globToRegExp(glob: string, options: GlobOptions = {}): RegExp {
  if (glob === "") return /(?!)/;
  const trimmed = glob.replace(/(?<=.)\/+$/s, "");
  let source = "";
  for (let start = 0; start < trimmed.length;) {
    const segment = readSegment(trimmed, start, options);
    const isLast = segment.end >= trimmed.length;
    const isAnyFolders = options.globstar !== false && trimmed.slice(start, segment.end) === "**";
    source += isAnyFolders ? "(?:[^/]*(?:\\/|$)+)*" : segment.source + (isLast ? "\\/*" : "\\/+");
    start = segment.end;
    while (trimmed[start] === "/") start += 1;
  }
  return new RegExp(`^${source}$`, options.caseInsensitive ? "i" : "");
}

function readSegment(glob: string, start: number, { extended = true }: GlobOptions): Segment {
  /** What each open group ends with. */
  const groups: string[] = [];
  let source = "";
  let isValid = true;
  let at = start;
  while (at < glob.length && (glob[at] !== "/" || groups.length > 0)) {
    PIECE.lastIndex = at;
    const [piece = "", escaped, negation, members, group] = PIECE.exec(glob) ?? [];
    const isGroup = group !== undefined && extended;
    at += group !== undefined && !extended ? 1 : piece.length;
    if (escaped !== undefined) source += RegExp.escape(escaped);
    else if (members !== undefined) source += translateRange(negation, members);
    else if (isGroup) source += openGroup(group, groups);
    else if (piece === "[" || piece === "\\") isValid = false;
    else source += translatePiece(group ?? piece, groups);
  }
  const isWhole = isValid && groups.length === 0;
  return { source: isWhole ? source : RegExp.escape(glob.slice(start, at)), end: at };
}

function openGroup(kind: string, groups: string[]): string {
  groups.push(kind === "!" ? ")[^/]*" : kind === "@" ? ")" : `)${kind}`);
  return kind === "!" ? "(?!" : "(?:";
}

function translateRange(negation: string | undefined, members: string): string {
  const named = members.replace(/\[:(\w*):\]/g, (_, name) => CLASSES[name] ?? "");
  const start = negation === "!" ? "^" : negation === "^" ? "\\^" : "";
  return `[${start}${named.replace(/\\([^-\]\\dswtx[-])/g, "$1")}]`;
}

function translatePiece(piece: string, groups: string[]): string {
  const innermost = groups.at(-1);
  const isInBraces = innermost === "}";
  if (piece === "?") return ".";
  if (piece.startsWith("*")) return "[^/]*";
  if (piece === "{") {
    groups.push("}");
    return "(?:";
  }
  if (innermost === undefined) return RegExp.escape(piece);
  if (piece === (isInBraces ? "}" : ")")) {
    groups.pop();
    return isInBraces ? ")" : innermost;
  }
  if (isInBraces ? piece === "," : piece === "|") return "|";
  return RegExp.escape(piece);
}
