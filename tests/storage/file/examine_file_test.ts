import { assertEquals } from "@std/assert";
import { describeFileSystem, isNetworkFileSystem } from "../../../lib/storage/file/examine_file.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { testEvents } from "../../support/test_record.ts";

const TYPES: readonly (readonly [name: string, type: number, isNetwork: boolean])[] = [
  ["nfs", 0x6969, true],
  ["smb", 0x517b, true],
  ["smb2", 0xfe534d42, true],
  ["smb2, with a sign", 0xfe534d42 | 0, true],
  ["cifs", 0xff534d42, true],
  ["9p", 0x01021997, true],
  ["openafs", 0x5346414f, true],
  ["afs", 0x6b414653, true],
  ["coda", 0x73757245, true],
  ["ceph", 0x00c36400, true],
  ["lustre", 0x0bd00bd0, true],
  ["ext4", 0xef53, false],
  ["xfs", 0x58465342, false],
  ["btrfs", 0x9123683e, false],
  ["btrfs, with a sign", 0x9123683e | 0, false],
  ["tmpfs", 0x01021994, false],
  ["overlay", 0x794c7630, false],
  ["zfs", 0x2fc12fc1, false],
  ["fuse", 0x65735546, false],
  ["nothing", 0, false],
];

Deno.test("isNetworkFileSystem() knows the file systems of other machines by their numbers", () => {
  for (const [name, type, isNetwork] of TYPES) assertEquals([name, isNetworkFileSystem(type)], [name, isNetwork]);
});

permittedTest(
  "describeFileSystem() warns of a network file system, and says nothing where it fails",
  ["read", "sys"],
  () => {
    if (Deno.build.os !== "linux") return;
    const asked: string[] = [];
    const warning = describeFileSystem("/srv/jobs/j.json", (path) => {
      asked.push(path);
      return 0x6969;
    });
    assertEquals([asked, warning?.slice(0, 32)], [["/srv/jobs"], "it is on a network file system: "]);
    assertEquals(describeFileSystem("/srv/jobs/j.json", () => 0xef53), undefined);
    const failing = () => {
      throw new Deno.errors.NotFound("There is no such folder");
    };
    assertEquals(describeFileSystem("/srv/jobs/j.json", failing), undefined);
    assertEquals(describeFileSystem("/dev/j.json"), undefined);
  },
);

permittedTest(
  "FileStore.examine() knows a journal, and who may read and write it besides its owner",
  ["read", "write"],
  () =>
    inFolder({ "notes.txt": "milk" }, async (folder) => {
      if (Deno.build.os === "windows") return;
      const store = new FileStore();
      const journal = `${folder}/j.json`;
      const notes = `${folder}/notes.txt`;
      await (await store.create(journal, testEvents(0))).close();
      const look = async (path: string) => {
        const { isJournal, exposure, changedAt = "" } = await store.examine(path);
        assertEquals(Number.isNaN(Date.parse(changedAt)), false);
        return [isJournal, exposure?.slice(0, 32)];
      };
      assertEquals(await look(journal), [true, undefined]);
      for (const path of [journal, folder, notes]) await Deno.chmod(path, 0o755);
      assertEquals(await look(journal), [true, "others may read it (mode 0755), "]);
      for (const path of [folder, notes, "/dev/null"]) assertEquals(await look(path), [false, undefined]);
      await Deno.chmod(journal, 0o666);
      assertEquals(await look(journal), [true, "others may write it (mode 0666):"]);
      assertEquals(await store.examine(`${folder}/none.json`), {});
    }),
);
