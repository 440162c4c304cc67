import { paintFor } from "../../inspect/text/paint.ts";
import { escapeJsonText } from "../../text/escape.ts";
import { prettyJson } from "../../values/json.ts";
import type { CommandIo } from "../frame/command.ts";
import { type Listed, renderCounts, renderRows } from "./render_list.ts";

/** How many journals are written at once. Columns are as wide as one such page needs. */
const PAGE = 500;

/** Writes a list of any length, a page at a time. */
export class ListWriter {
  readonly #io: CommandIo;
  readonly #json: boolean;
  readonly #counts = new Map<string, number>();
  #page: Listed[] = [];
  #pages = 0;

  constructor(io: CommandIo, { json }: { readonly json: boolean }) {
    this.#io = io;
    this.#json = json;
  }

  add(entry: Listed): void {
    this.#counts.set(entry.status, (this.#counts.get(entry.status) ?? 0) + 1);
    this.#page.push(entry);
    if (this.#page.length === PAGE) this.#flush();
  }

  /** Returns how many there were. */
  end(): number {
    const count = [...this.#counts.values()].reduce((sum, more) => sum + more, 0);
    if (this.#page.length > 0) this.#flush();
    if (this.#json) this.#io.writeOut(count === 0 ? "[]\n" : "\n]\n");
    else if (count > 0) this.#io.writeOut(["", ...renderCounts(this.#counts, this.#io.readColumns?.()), ""].join("\n"));
    return count;
  }

  #flush(): void {
    const page = this.#page.splice(0);
    if (this.#json) {
      const entries = prettyJson(page.map(({ shown: _shown, ...entry }) => entry));
      // Without the brackets of the page.
      this.#io.writeOut((this.#pages === 0 ? "[" : ",") + escapeJsonText(entries.slice(1, -2)));
    } else {
      const { wantsColour, readColumns, now } = this.#io;
      const rows = renderRows(page, { now: now(), paint: paintFor(wantsColour), columns: readColumns?.() });
      this.#io.writeOut(`${rows.slice(this.#pages === 0 ? 0 : 1).join("\n")}\n`);
    }
    this.#pages += 1;
  }
}
