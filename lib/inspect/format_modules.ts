import { escapeForTerminal } from "../values/escape_for_terminal.ts";
import { fileName } from "./file_name.ts";
import { cutText } from "./format_parts.ts";

/** Of more modules it is only said how many there are. */
const MAX_LISTED = 5;
const MAX_URL = 200;

/** What has become of a module between two runs. */
export interface ChangedModule {
  /** Where it is now. */
  readonly url: string;
  /** It is elsewhere than before. */
  readonly isMoved: boolean;
  /** Its source is another one. */
  readonly isChanged: boolean;
}

/** Says which modules moved or changed: `steps.ts changed, mail.ts moved to file:///srv/new/mail.ts`. Escaped. */
export function formatModules(modules: readonly ChangedModule[]): string {
  const told = modules.slice(0, MAX_LISTED).map(({ url, isMoved, isChanged }) => {
    const place = isMoved ? ` moved to ${escapeForTerminal(cutText(url, MAX_URL))}` : "";
    const and = isMoved && isChanged ? " and" : "";
    return `${fileName(url)}${place}${and}${isChanged ? " changed" : ""}`;
  });
  const left = modules.length - told.length;
  return [...told, ...(left === 0 ? [] : [`${left} more moved or changed`])].join(", ");
}
