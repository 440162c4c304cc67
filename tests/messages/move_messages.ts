import { JournalExported } from "../../lib/errors/opening_errors.ts";
import { describeExport, describeExported, describeImport, describeReclaim } from "../../lib/messages/describe_move.ts";
import { describeMigration } from "../../lib/messages/describe_migration.ts";
import { VERSION } from "../../lib/version.ts";

const MIGRATION = { database: "sqlite:/srv/tx.db", newest: 3, statements: [] } as const;

/** What is said about the tables of a database, and about moves between it and a file. */
export function moveMessages(file: string): readonly (readonly [what: string, lines: readonly string[]])[] {
  const journal = "sqlite:/srv/tx.db#ana";
  const library = VERSION;
  const exported = new JournalExported(journal, { file, host: "build-7" });
  const imported = { file, library, isOver: false, isKept: false, recovered: undefined };
  const recovered = { cutBytes: 512, savedAs: "j.json.torn-1" };
  const migrated = (found: number, isDry = false) => describeMigration({ ...MIGRATION, found }, { isDry });
  return [
    ["migrate: made", migrated(0)],
    ["migrate: updated", migrated(2)],
    ["migrate: nothing to do", migrated(3)],
    ["migrate --print: no tables", migrated(0, true)],
    ["migrate --print: older tables", migrated(2, true)],
    ["a file has the transaction", [exported.message, ...describeExported(exported)]],
    ["an unknown file has the transaction", [new JournalExported(journal, {}).message]],
    ["export: moved", describeExport("moved", journal, { file, library, isOver: false })],
    ["export: moved, and over", describeExport("moved", journal, { file, library, isOver: true })],
    ["export: copied", describeExport("copied", journal, { file, library, isOver: true })],
    ["export: completed", describeExport("completed", journal, { file, library, isOver: false })],
    ["import: moved", describeImport("moved", journal, imported)],
    [
      "import: moved, and the file stays",
      describeImport("moved", journal, { ...imported, isOver: true, isKept: true }),
    ],
    ["import: moved, after a crash", describeImport("moved", journal, { ...imported, isOver: true, recovered })],
    ["import: completed", describeImport("completed", journal, { ...imported, isOver: true })],
    ["reclaim", describeReclaim(journal, { file, host: "build-7" })],
    ["reclaim, of an unknown file", describeReclaim(journal, { file: undefined, host: undefined })],
  ];
}
