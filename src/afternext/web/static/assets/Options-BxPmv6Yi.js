import{a,f as r}from"./index-px4GW-sm.js";import"./legacy-4iF3ZdVA.js";var t=r("<p></p>");function i(o){var p=t();a(o,p)}export{i as default};
