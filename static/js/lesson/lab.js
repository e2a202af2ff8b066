// What a lesson's page has besides where there is a lab. The terminal itself comes once there is a machine to show (pane.js).

import './clock.js';
import './pane.js';
import './split.js';
import './views.js';
