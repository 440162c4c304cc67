/** Writes each UTF-16 code unit of a text as `\uXXXX`, so that an astral character becomes two escapes. */
export function unicodeEscape(text: string): string {
  let escaped = "";
  for (let index = 0; index < text.length; index++) {
    escaped += `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
