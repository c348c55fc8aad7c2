import type { DemoDevice, Kind } from "./accounts.js";

/** The devices that a viewer has added, kept over a reload: what they hold is kept, too. */

const storageKey = "bocau.demo.added";
/** A browser gives a page only so many connections to one server. */
export const mostAdded = 3;

export type Added = Readonly<Record<string, readonly DemoDevice[]>>;

export function loadAdded(): Added {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Added;
  } catch {
    return {};
  }
}

export function saveAdded(added: Added): void {
  localStorage.setItem(storageKey, JSON.stringify(added));
}

const models: Record<Kind, Pick<DemoDevice, "name" | "type" | "platform">> = {
  phone: { name: "Pixel", type: "mobile", platform: "android" },
  tablet: { name: "Galaxy Tab", type: "mobile", platform: "android" },
  laptop: { name: "ThinkPad", type: "desktop", platform: "linux" },
  pc: { name: "Surface", type: "desktop", platform: "windows" },
};

/** A device that no one has yet. */
export function newDevice(kind: Kind, existing: readonly DemoDevice[]): DemoDevice {
  const model = models[kind];
  const same = existing.filter((device) => device.name.startsWith(model.name)).length;
  const name = same === 0 ? model.name : `${model.name} ${same + 1}`;
  const unique = Math.trunc(Math.random() * 0xffffff).toString(16);
  return { ...model, name, id: `${name.toLowerCase().replaceAll(" ", "-")}-${unique}` };
}
