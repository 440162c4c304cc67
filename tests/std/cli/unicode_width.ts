/** What a terminal shows two columns wide in Unicode 15.1: East Asian wide and full-width characters, and most pictures. */
const wide = onDemand(() =>
  readRanges(
    "1100-115f 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2648-2653 267f 2693 26a1 26aa-26ab " +
      "26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa 26fd 2705 270a-270b 2728 274c 274e 2753-2755 2757 " +
      "2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55 2e80-2e99 2e9b-2ef3 2f00-2fd5 2ff0-2ffb 3000-3029 302e-303e " +
      "3041-3096 309b-30ff 3105-312f 3131-318e 3190-31e3 31f0-321e 3220-3247 3250-4dbf 4e00-a48c a490-a4c6 " +
      "a960-a97c ac00-d7a3 f900-faff fe10-fe19 fe30-fe52 fe54-fe66 fe68-fe6b ff01-ff60 ffe0-ffe6 16fe0-16fe3 " +
      "16ff0-16ff1 17000-187f7 18800-18cd5 18d00-18d08 1aff0-1aff3 1aff5-1affb 1affd-1affe 1b000-1b122 1b132 " +
      "1b150-1b152 1b155 1b164-1b167 1b170-1b2fb 1f004 1f0cf 1f18e 1f191-1f19a 1f200-1f202 1f210-1f23b 1f240-1f248 " +
      "1f250-1f251 1f260-1f265 1f300-1f320 1f32d-1f335 1f337-1f37c 1f37e-1f393 1f3a0-1f3ca 1f3cf-1f3d3 1f3e0-1f3f0 " +
      "1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567 1f57a 1f595-1f596 1f5a4 1f5fb-1f64f " +
      "1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5-1f6d7 1f6dc-1f6df 1f6eb-1f6ec 1f6f4-1f6fc 1f7e0-1f7eb 1f7f0 1f90c-1f93a " +
      "1f93c-1f945 1f947-1f9ff 1fa70-1fa7c 1fa80-1fa88 1fa90-1fabd 1fabf-1fac5 1face-1fadb 1fae0-1fae8 1faf0-1faf8 " +
      "20000-2fffd 30000-3fffd",
  )
);

/** What takes no column: control and format characters, marks that combine with the one before, and parts of a syllable. */
const narrow = onDemand(() => /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\u1160-\u11ff\u{1171e}]/u);

/** What `narrow` has and takes one column: the soft hyphen, and marks that are younger than that version of Unicode. */
const oneColumn = onDemand(() =>
  readRanges(
    "ad 897 10d69-10d6d 10efc 113bb-113c0 113ce 113d0 113d2 113e1-113e2 11f5a 1611e-16129 1612d-1612f 1e5ee-1e5ef",
  )
);

/** Counts the columns that a terminal needs for a text. A sequence that sets a colour is no exception. */
export function unicodeWidth(str: string): number {
  // As in the real package, plain text is counted without any of the above.
  if (/^[\x20-\x7e]*$/.test(str)) return str.length;
  let width = 0;
  for (const character of str) {
    if (wide().test(character)) width += 2;
    else if (!narrow().test(character) || oneColumn().test(character)) width += 1;
  }
  return width;
}

/** Makes a pattern of one character from ranges of code points, as in "231a-231b 23f0". */
function readRanges(text: string): RegExp {
  const ranges = text.split(" ").map((range) => range.split("-").map((point) => `\\u{${point}}`).join("-"));
  return new RegExp(`^[${ranges.join("")}]$`, "u");
}

/** Makes a pattern when it is first used, as the real package makes its tables. */
function onDemand(make: () => RegExp): () => RegExp {
  let made: RegExp | undefined;
  return () => made ??= make();
}
