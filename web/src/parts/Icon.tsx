/** Line icons, drawn in the colour of the text around them. They never stand without a label beside or around them. */
export function Icon({ of }: { of: keyof typeof shapes }) {
  return (
    <svg className={`icon icon-${of}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[of]} />
    </svg>
  );
}

const shapes = {
  back: "M15 5l-7 7l7 7",
  send: "M5 12L4 4.5L20.5 12L4 19.5L5 12zm0 0h7",
  save: "M5 12.5l5 5l9-11",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  down: "M6 9.5l6 6l6-6",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  eye: "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM14.8 12a2.8 2.8 0 1 1-5.6 0a2.8 2.8 0 1 1 5.6 0z",
  devices:
    "M4 17V6.5C4 5.7 4.7 5 5.5 5h11c.8 0 1.5.7 1.5 1.5V9M2 19.5h10M15 11h5.5c.6 0 1 .4 1 1v7c0 .6-.4 1-1 1H15c-.6 0-1-.4-1-1v-7c0-.6.4-1 1-1z",
  image: "M4.5 5h15v14h-15zM4.5 16l4.5-5l4 4.5l2.5-2.5l4 4M15.5 9v.01",
  file: "M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4",
  attach:
    "M19 11.5l-7.6 7.6a4.6 4.6 0 0 1-6.5-6.5l8.3-8.3a3.1 3.1 0 0 1 4.4 4.4l-8.3 8.2a1.5 1.5 0 0 1-2.2-2.1l7.3-7.3",
  download: "M12 4v11M7 10.5l5 5l5-5M5 19.5h14",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
  muted: "M6 16.5V11c0-1 .25-2 .7-2.8M9 5.8A6 6 0 0 1 18 11v4M15 18H4.5L6 16.5M10 20.5h4M4 4l16 16",
  leave: "M14 4.5H6v15h8M10.5 12H21m-3.5-3.5L21 12l-3.5 3.5",
} as const;
