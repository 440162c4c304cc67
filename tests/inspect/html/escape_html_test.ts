import { assertEquals } from "@std/assert";
import { markup } from "../../../lib/inspect/html/escape_html.ts";

Deno.test("markup() takes whatever it is given for text, unless it was made by itself", () => {
  const part = markup`<b title="${'"><script>'}">${"<i>&'"}</b>`;
  assertEquals(part.text, '<b title="&quot;&gt;&lt;script&gt;"><i>&amp;&#39;</b>'.replace("<i>", "&lt;i&gt;"));
  assertEquals(markup`<p>${part}${[1, undefined, ["x", part]]}</p>`.text, `<p>${part.text}1x${part.text}</p>`);
});

Deno.test("markup() writes characters as escapes that do not show or turn the direction of others", () => {
  assertEquals(markup`${"a\u202eb\u0000\u001b\n\u200b"}`.text, "a\\u202eb\\u0000\\u001b\\n\\u200b");
});
