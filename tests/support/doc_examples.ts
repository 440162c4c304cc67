/** An example in the documentation: a module of its own. */
export interface DocExample {
  /** The line of its file where the example begins, from 1. */
  readonly line: number;
  readonly code: string;
}

const FENCE = /^```(?:ts|typescript|js|javascript)\b(?!.*\bignore\b).*\n([\s\S]*?)^```$/gm;

/** Finds the examples that `deno test --doc` runs: blocks of code in Markdown, and in the doc comments of a module. */
export function findDocExamples(file: string, text: string): readonly DocExample[] {
  const markdown = file.endsWith(".md") ? text : keepDocComments(text);
  return Array.from(markdown.matchAll(FENCE), ({ index, 1: code = "" }) => {
    return { line: markdown.slice(0, index).split("\n").length, code };
  });
}

/** Leaves only what doc comments say, each line in its place. */
function keepDocComments(source: string): string {
  const lines = source.split("\n").map(() => "");
  for (const { index, 0: comment } of source.matchAll(/^ *\/\*\*[\s\S]*?\*\//gm)) {
    const first = source.slice(0, index).split("\n").length - 1;
    for (const [offset, line] of comment.split("\n").entries()) {
      lines[first + offset] = line.replace(/^ *(?:\/\*\*|\*\/|\* ?)/, "");
    }
  }
  return lines.join("\n");
}
