/** White space and comments, which JavaScript allows between any two words. No text matches in two ways. */
export const GAP = String.raw`(?:\s|\/\/.*(?!.)|\/\*(?:[^*]|\*(?!\/))*\*\/)*`;
export const OPERATOR = String.raw`(?:(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^])?=(?![=>])|\+\+|--)`;
export const LOOP_OR_EQUALS = String.raw`(?:=(?![=>])|of\b|in\b)`;

/** A quick look that finds every assignment, and more. */
export function mayAssign(source: string, localName: string): boolean {
  const name = `(?<![\\w$]|(?<!\\.\\.)\\.)${RegExp.escape(localName)}(?![\\w$])`;
  const after = `${GAP}(?:\\)${GAP})*(?:${OPERATOR}|of\\b|in\\b)|[^;]*[\\]}]${GAP}\\)?${GAP}${LOOP_OR_EQUALS}`;
  return new RegExp(`(?:\\+\\+|--)${GAP}\\(?${name}|${name}(?:${after})`).test(source);
}

/** A word, a number, a text, a comment or a sign of JavaScript or TypeScript. */
export interface Token {
  readonly text: string;
  readonly kind: "word" | "text" | "comment" | "sign";
  /** How many brackets are open around it. */
  readonly depth: number;
}

const SPACE = /\s*/y;
const COMMENT = /\/\/.*|\/\*[^]*?\*\//y;
const WORD = /[\w$\u0080-\uffff]+/y;
const TEXT = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y;
/** A template, or a part of one up to a `${`. */
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;
const SIGN = /=>|\+\+|--|[^]/y;
/** After such a word, a slash begins a regular expression. */
const BEFORE_OPERAND =
  /^(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield|instanceof|default|extends)$/;

/**
 * Cuts source into tokens, without a parser. `undefined` if a slash may begin a regular expression, a bracket is not closed, or
 * a name is written with escapes.
 */
export function readTokens(source: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  /** For each open bracket, whether its end continues a template. */
  const open: boolean[] = [];
  let at = 0;
  let previous: Token | undefined;
  let isFirstInLine = true;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    at += text?.length ?? 0;
    return text;
  };
  const add = (kind: Token["kind"], text: string): void => {
    const token = { kind, text, depth: open.length };
    if (kind !== "comment") previous = token;
    tokens.push(token);
  };
  const takeTemplate = (start: string): boolean => {
    const rest = take(TEMPLATE);
    if (rest === undefined) return false;
    add("text", start + rest);
    if (rest.endsWith("{")) open.push(true);
    return true;
  };
  const takeSpace = () => isFirstInLine = /[\n\r\u2028\u2029]/.test(take(SPACE) ?? "");
  for (takeSpace(); at < source.length; takeSpace()) {
    const comment = take(COMMENT);
    if (comment !== undefined) {
      add("comment", comment);
      continue;
    }
    const word = take(WORD);
    if (word !== undefined) {
      add("word", word);
      continue;
    }
    const text = take(TEXT);
    if (text !== undefined) {
      add("text", text);
      continue;
    }
    const sign = take(SIGN) ?? "";
    if (/["'\\]/.test(sign)) return undefined;
    // After a line that ends by itself, as one with a type does, a slash begins a regular expression.
    if (sign === "/" && (isFirstInLine || !endsOperand(previous))) return undefined;
    if (sign === "`") {
      if (!takeTemplate(sign)) return undefined;
    } else if (/[([{]/.test(sign)) {
      add("sign", sign);
      open.push(false);
    } else if (/[)\]}]/.test(sign)) {
      const continues = open.pop();
      if (continues === undefined) return undefined;
      if (!continues) add("sign", sign);
      else if (sign !== "}" || !takeTemplate(sign)) return undefined;
    } else add("sign", sign);
  }
  return open.length === 0 ? tokens : undefined;
}

/** Whether a slash after it divides. After a bracket, it may also begin a regular expression. */
function endsOperand(token: Token | undefined): boolean {
  return token?.text === "]" || (token?.kind === "word" && !BEFORE_OPERAND.test(token.text));
}

/** The specifiers of all static imports and re-exports that load a module. One that is only for types does not. */
export function readSpecifiers(tokens: readonly Token[]): readonly string[] {
  const code = tokens.filter(({ kind }) => kind !== "comment");
  const specifiers: string[] = [];
  let isForTypes = false;
  for (const [index, { kind, text, depth }] of code.entries()) {
    const [before, next, afterNext] = [code[index - 1]?.text, code[index + 1]?.text, code[index + 2]?.text];
    if (depth === 0 && (text === "import" || text === "export")) {
      // An import can have the name `type`.
      isForTypes = next === "type" && afterNext !== "," && afterNext !== "from";
    }
    if (kind === "text" && !isForTypes && (before === "from" || before === "import")) {
      specifiers.push(text.slice(1, -1));
    }
  }
  return specifiers;
}
