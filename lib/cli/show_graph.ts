import { renderGraph } from "../inspect/render_graph.ts";
import { viewJournal, type ViewOptions } from "../inspect/view_journal.ts";
import type { Store } from "../storage/store.ts";
import type { CommandIo } from "./command_io.ts";

/** `inspect --graph`: writes the plan as a flowchart for Mermaid. */
export async function showGraph(store: Store, journal: string, io: CommandIo, options: ViewOptions): Promise<void> {
  const { selected } = await viewJournal(store, journal, options);
  io.writeOut(renderGraph(selected));
}
