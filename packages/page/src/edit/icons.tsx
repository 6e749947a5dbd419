/** The pictures on the buttons, drawn with one pen. */

import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const RunIcon = () => (
  <Icon>
    <path d="M5 3.2v9.6L12.6 8z" fill="currentColor" />
  </Icon>
);
export const RunAllIcon = () => (
  <Icon>
    <path d="M2.5 3.5v9L8 8zM8.5 3.5v9L14 8z" fill="currentColor" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />
  </Icon>
);
export const UpIcon = () => (
  <Icon>
    <path d="M8 13V3.5M4 7.2l4-4 4 4" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="M8 3v9.5M4 8.8l4 4 4-4" />
  </Icon>
);
export const AddIcon = () => (
  <Icon>
    <path d="M8 3v10M3 8h10" />
  </Icon>
);
export const DeleteIcon = () => (
  <Icon>
    <path d="M3 4.5h10M6.5 4.5v-1.5h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.5M9.2 7v3.5" />
  </Icon>
);
export const EditIcon = () => (
  <Icon>
    <path d="M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.3 4.5l2.2 2.2" />
  </Icon>
);
export const AppIcon = () => (
  <Icon>
    <rect x="2.5" y="3" width="11" height="10" rx="1.5" />
    <path d="M2.5 6h11" />
  </Icon>
);
export const HelpIcon = () => (
  <Icon>
    <rect x="1.8" y="4" width="12.4" height="8" rx="1.5" />
    <path d="M4.5 6.5h.01M7 6.5h.01M9.5 6.5h.01M11.8 6.5h.01M5.5 9.5h5" />
  </Icon>
);
