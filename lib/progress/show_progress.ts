import { paintFor } from "../inspect/text/paint.ts";
import type { Event } from "../journal/event.ts";
import type { StepProgress } from "../run/options/transaction_options.ts";
import type { OpenJournal, Store } from "../storage/store.ts";
import { formatProgress } from "./format_progress.ts";
import { ProgressLine, type ProgressTerminal } from "./progress_line.ts";
import { RunProgress } from "./progress_view.ts";

/** A run whose progress is shown while it goes on. */
interface ShownProgress {
  /** A store that tells how far a journal is that is opened, and before whose journals are closed the line is gone. */
  readonly watch: (store: Store) => Store;
  /** Takes an event of the run. */
  readonly event: (event: Event) => void;
  /** Takes what a step says of itself. */
  readonly progress: (progress: StepProgress) => void;
  /** Takes the line off the screen for good. */
  readonly stop: () => void;
}

/** Shows how far a run is, where somebody sits at a terminal; elsewhere it shows nothing, and changes nothing. */
export function showProgress(terminal: ProgressTerminal | undefined): ShownProgress {
  if (terminal === undefined) {
    return { watch: (store) => store, event: () => {}, progress: () => {}, stop: () => {} };
  }
  const run = new RunProgress();
  const line = new ProgressLine(terminal, (columns) => render(run, terminal, columns));
  const stop = () => line.stop();
  return {
    watch: (store) => watchStore(store, run, stop),
    event: (event) => {
      run.add(event, terminal.readClock());
      line.start();
      line.update();
    },
    progress: (progress) => run.report(progress),
    stop,
  };
}

function render(run: RunProgress, terminal: ProgressTerminal, columns: number): string {
  const text = formatProgress(run.view(terminal.readClock()), columns);
  return paintFor(terminal.wantsColour)(text, "quiet");
}

function watchStore(store: Store, run: RunProgress, stop: () => void): Store {
  return {
    create: (journal, events) => store.create(journal, events),
    open: async (journal, apply) => {
      const open = await store.open(journal, (record) => {
        for (const event of record.events) run.add(event);
        apply(record);
      });
      return beforeClose(open, stop);
    },
    read: (journal, apply, options) => store.read(journal, apply, options),
    list: (folder) => store.list(folder),
    kindOf: (name) => store.kindOf(name),
  };
}

/** A run that a signal stops says so after it has closed its journal, and then the process is gone. */
function beforeClose(open: OpenJournal, stop: () => void): OpenJournal {
  return {
    journal: open.journal,
    epoch: open.epoch,
    ...(open.distrust === undefined ? {} : { distrust: open.distrust }),
    isAtRest: open.isAtRest,
    lost: open.lost,
    checkRemovable: () => open.checkRemovable(),
    recover: () => open.recover(),
    append: (events, options) => open.append(events, options),
    close: (options) => {
      stop();
      return open.close(options);
    },
  };
}
