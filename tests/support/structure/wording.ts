import type { Offence, ProjectFile } from "./structure.ts";

/** Assertions about a part of a text: up to the end of their statement. Whole texts may be compared. */
const PARTIAL =
  /(?:\b(?:assertStringIncludes|assertMatch|assertThrows|assertRejects)|\.(?:includes|startsWith|endsWith))\([^]*?;\n/g;
/** So many words in a row are the wording of a message; fewer can be a name or a kind of thing. */
const MANY_WORDS = 4;
const WORDS = new RegExp(`[A-Za-z']+(?: [a-z']+){${MANY_WORDS - 1},}`, "g");

/** Finds assertions that repeat words of a message that a golden file has: it is to be reworded there alone. */
export function checkWording(files: readonly ProjectFile[]): Offence[] {
  const goldens = files.filter(({ path }) => /\/golden\/\w+\.txt$/.test(path));
  const golden = goldens.map(({ text }) => text.replaceAll(/\s+/g, " ")).join("\n");
  return files.filter(({ path }) => path.endsWith("_test.ts")).flatMap(({ path, text }) =>
    [...text.matchAll(PARTIAL)].flatMap(([assertion]) => assertion.match(WORDS) ?? []).flatMap((words) => {
      const parts = runsOf(words.split(" ")).filter((run) => golden.includes(run));
      return parts.length === 0 ? [] : [{ path, rule: "wording", detail: `a golden file has "${parts[0]}"` }];
    })
  );
}

/** All that many words that follow each other. */
function runsOf(words: readonly string[]): readonly string[] {
  return words.slice(MANY_WORDS - 1).map((_, index) => words.slice(index, index + MANY_WORDS).join(" "));
}
