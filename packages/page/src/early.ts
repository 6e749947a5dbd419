/** The script in the head of a page that has a session: it stands in the page itself (`build/early-script.ts`). */

import { openEarly } from "./early-socket.ts";

openEarly(new URL("./", document.baseURI));
