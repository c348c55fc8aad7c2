import { hueOf, initialOf } from "./text.js";

export function Avatar({ id, name }: { id: string; name: string }) {
  return (
    <span className="avatar" style={{ "--hue": hueOf(id) } as React.CSSProperties} aria-hidden="true">
      {initialOf(name)}
    </span>
  );
}
