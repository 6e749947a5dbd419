export const word = "found";
