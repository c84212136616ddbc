// Line icons on a 24 × 24 grid; they are decoration, the words are beside them
// or in the button's label.

const paths = {
  pencil: "M4 20l1-4.5L16 4.5l3.5 3.5-11 11L4 20ZM14 6.5l3.5 3.5",
  barcode: "M4 6v12M7 6v12M10.5 6v12M13 6v12M16.5 6v12M20 6v12",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM11 18h2",
  lower: "M12 4v10M8 10l4 4 4-4M5 19h14",
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  wave: "M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4",
  stop: "M8 8h8v8H8z",
  keyboard: "M3 6.5h18v11H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10M18 10h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  trash: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  basket: "M4 10h16l-1.6 9.2a1 1 0 0 1-1 .8H6.6a1 1 0 0 1-1-.8L4 10ZM8.5 10 11 4M15.5 10 13 4M9.5 13.5v3M14.5 13.5v3",
  bell: "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15L6 16ZM10 21h4",
  help: "M9.2 9a2.9 2.9 0 1 1 4.3 2.6c-.9.5-1.5 1.1-1.5 2.2M12 17.3v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  ear: "M7 10a5 5 0 0 1 10 0c0 3-3 3.5-3 6a3 3 0 0 1-5.5 1.6M9.8 10.5a2.3 2.3 0 0 1 4.4-1",
  door: "M5 21V4h10v17M3 21h18M12 12.5v.01M18 8l3 3-3 3M15 11h6",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  flag: "M6 21V4h11l-2.500 4L17 12H6",
  leave: "M14 4h5v16h-5M4 12h11M11 8l4 4-4 4",
  sound: "M4 9.5v5h3.5L12 18V6L7.5 9.5H4ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
  mute: "M4 9.5v5h3.5L12 18V6L7.5 9.5H4ZM16 9.5l5 5M21 9.5l-5 5",
  check: "M5 12.5 10 17.5 19.5 7",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2",
  back: "M10 6 4 12l6 6M4 12h16",
  send: "M5 12h14M13 6l6 6-6 6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16 16l4.5 4.5",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2V3ZM9.5 8h5M9.5 12h5",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3.5 12h17M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3Z",
  warn: "M12 4 2.5 20h19L12 4ZM12 10v4.500M12 17.300v.01",
  erase: "M9 6h11v12H9l-6-6 6-6ZM12 9.500l5 5M17 9.500l-5 5",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  download: "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4",
  chart: "M4 20h16M7 20v-7M12 20V6M17 20v-10",
  tag: "M4 4h8l8 8-8 8-8-8V4ZM8.5 8.500v.01",
  key: "M14.5 13a4.5 4.5 0 1 0-3.9-2.200L4 17.400V20h3v-2h2v-2h2l1.3-1.300c.6.2 1.4.300 2.2.300ZM15.5 8.500v.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.500a7.5 7.5 0 0 1 15 0",
  card: "M3 6h18v12H3zM3 10h18M6.5 14.500h4",
  repeat: "M5 11a6 6 0 0 1 6-6h7M15 2l3 3-3 3M19 13a6 6 0 0 1-6 6H6M9 22l-3-3 3-3",
  up: "M6 14l6-6 6 6",
  down: "M6 10l6 6 6-6",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
