import type { Environment } from "../environment.js";
import { limits } from "../limits.js";

/**
 * How long to wait before trying again: a random time (full jitter, so that a crowd that was cut off together does not
 * come back together), but never less than the server has asked for.
 *
 * @param attempt 0 for the first try after something worked
 */
export function backoffMs(environment: Environment, attempt: number, retryAfterMs = 0): number {
  const ceiling = Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** Math.min(attempt, 30));
  return Math.max(retryAfterMs, environment.random() * ceiling);
}
