import { assertEquals } from "@std/assert";
import { describeFileSystem, isNetworkFileSystem } from "../../../lib/storage/file/file_system.ts";
import { permittedTest } from "../../support/permitted_test.ts";

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
    const warnings = describeFileSystem("/srv/jobs/j.json", (path) => {
      asked.push(path);
      return 0x6969;
    });
    assertEquals([asked, warnings.map((warning) => warning.slice(0, 32))], [["/srv/jobs"], [
      "it lies on a network file system",
    ]]);
    assertEquals(describeFileSystem("/srv/jobs/j.json", () => 0xef53), []);
    const failing = () => {
      throw new Deno.errors.NotFound("There is no such folder");
    };
    assertEquals(describeFileSystem("/srv/jobs/j.json", failing), []);
    assertEquals(describeFileSystem("/dev/j.json"), []);
  },
);
