/** The statements about notices, in SQLite's dialect. */

import { IS_UNTOLD } from "../sql/schema.ts";

export const ADD_NOTIFIED = `insert into notified_statuses (status, since) values (?1, ?2) on conflict do nothing`;

/** By the index `transactions_untold`. A claim that ends later than any can was made before the clock was set back. */
export const CLAIM_UNTOLD = `update transactions set notifying_until = ?2 + ?3 where id in (
  select id from transactions where ${IS_UNTOLD} and status = ?1
  and (notifying_until is null or notifying_until <= ?2 or notifying_until > ?2 + ?4) order by id limit ?5)
  returning id, name, rest, case when rest like 'aborted stuck %' then error end as reason`;

export const NOTE_TOLD = `update transactions set notified = ?2, notifying_until = null where id = ?1`;

export const POSTPONE_TOLD = `update transactions set notifying_until = ?3 + ?4 where id = ?1 and rest = ?2`;

export const CLAIM_SKIPS = `update schedules set notifying_until = ?3 + ?4 where name = ?1
  and coalesce(skips_told, '') < ?2 and (notifying_until is null or notifying_until <= ?3 or notifying_until > ?3 + ?5)
  returning coalesce(skips_told, '') as told`;

export const NOTE_SKIPS_TOLD = `update schedules set skips_told = ?2, notifying_until = null where name = ?1`;

export const POSTPONE_SKIPS = `update schedules set notifying_until = ?2 + ?3 where name = ?1`;
