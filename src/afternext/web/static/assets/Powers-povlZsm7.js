import{a,f as p}from"./index-px4GW-sm.js";import"./legacy-4iF3ZdVA.js";var t=p("<p></p>");function e(o){var r=t();a(o,r)}export{e as default};
