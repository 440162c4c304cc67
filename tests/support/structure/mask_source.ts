/** Words after which a slash begins a regular expression. */
const BEFORE_EXPRESSION =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|throw|void|await|yield))\s*$/;

/**
 * Blanks out comments and the contents of strings, templates and regular expressions. What is left has the same length and
 * the same lines, so that offsets found in it are good in the source, and every brace and word in it is code.
 */
export function maskSource(source: string): string {
  let masked = "";
  /** For each template that is open, how many braces are open in its current `${…}`. */
  const templates: number[] = [];
  for (let i = 0; i < source.length;) {
    const end = endOfText(source, i, masked, templates);
    if (end > i) {
      masked += blank(source.slice(i, end));
      i = end;
      continue;
    }
    masked += source.charAt(i++);
  }
  return masked;
}

/** Returns the end of what is no code and begins at `start`, or `start` when that is code. */
function endOfText(source: string, start: number, masked: string, templates: number[]): number {
  const character = source.charAt(start);
  const two = source.slice(start, start + 2);
  if (two === "//") return endOf(source, /\n|$/g, start, false);
  if (two === "/*") return endOf(source, /\*\//g, start + 2, true);
  if (character === '"' || character === "'") return endOfQuoted(source, start);
  if (character === "/" && BEFORE_EXPRESSION.test(masked.slice(-40))) return endOfRegExp(source, start);
  if (character === "`") return endOfTemplatePart(source, start + 1, templates);
  const open = templates.length - 1;
  if (open === -1) return start;
  if (character === "{") templates[open] = (templates[open] ?? 0) + 1;
  if (character !== "}") return start;
  const depth = (templates[open] ?? 0) - 1;
  if (depth > 0) {
    templates[open] = depth;
    return start;
  }
  templates.pop();
  return endOfTemplatePart(source, start + 1, templates);
}

function endOf(source: string, pattern: RegExp, from: number, isInside: boolean): number {
  pattern.lastIndex = from;
  const match = pattern.exec(source);
  if (match === null) return source.length;
  return isInside ? match.index + match[0].length : match.index;
}

function endOfQuoted(source: string, start: number): number {
  const quote = source.charAt(start);
  let i = start + 1;
  while (i < source.length && source.charAt(i) !== quote && source.charAt(i) !== "\n") {
    i += source.charAt(i) === "\\" ? 2 : 1;
  }
  return i + 1;
}

/** Continues to the template's end, or to the next `${`, after which code follows. */
function endOfTemplatePart(source: string, from: number, templates: number[]): number {
  let i = from;
  while (i < source.length && source.charAt(i) !== "`") {
    if (source.startsWith("${", i)) {
      templates.push(1);
      return i + 2;
    }
    i += source.charAt(i) === "\\" ? 2 : 1;
  }
  return i + 1;
}

function endOfRegExp(source: string, start: number): number {
  let isInClass = false;
  let i = start + 1;
  for (; i < source.length && source.charAt(i) !== "\n"; i++) {
    const character = source.charAt(i);
    if (character === "\\") i++;
    else if (character === "[") isInClass = true;
    else if (character === "]") isInClass = false;
    else if (character === "/" && !isInClass) return i + 1;
  }
  // No end on this line: it was a division after all.
  return start;
}

/** Keeps quotes, so that the place of a string stays visible, and line breaks. */
function blank(text: string): string {
  return text.replace(/[^\n"']/g, " ").replace(/(?<=.)["'](?=.)/g, " ");
}
