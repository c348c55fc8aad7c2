import type { Words } from "../words/en.js";

/** "14:05" */
export function timeOf(timestamp: number, locale: string): string {
  return formatter(locale, { hour: "2-digit", minute: "2-digit" }).format(timestamp);
}

/** "Today", "Yesterday", "Monday 3 March", with the year where it is another one. */
export function dayOf(timestamp: number, now: number, locale: string, words: Words): string {
  const age = daysBetween(timestamp, now);
  if (age === 0) {
    return words.today;
  }
  if (age === 1) {
    return words.yesterday;
  }
  const sameYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? {} : ({ year: "numeric" } as const);
  return formatter(locale, { weekday: "long", day: "numeric", month: "long", ...year }).format(timestamp);
}

/** As short as a list needs it: the time today, the weekday this week, the date before that. */
export function briefly(timestamp: number, now: number, locale: string): string {
  const age = daysBetween(timestamp, now);
  if (age === 0) {
    return timeOf(timestamp, locale);
  }
  const form = age < 7 ? ({ weekday: "short" } as const) : ({ day: "numeric", month: "numeric" } as const);
  return formatter(locale, form).format(timestamp);
}

export function exactly(timestamp: number, locale: string): string {
  return formatter(locale, { dateStyle: "medium", timeStyle: "short" }).format(timestamp);
}

function daysBetween(earlier: number, later: number): number {
  const midnight = (timestamp: number) => new Date(timestamp).setHours(0, 0, 0, 0);
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Each made once: making one costs more than drawing the message that it is for. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(key, known);
  return known;
}
