(function(){var trace=document.getElementById("trace"),headline=document.getElementById("headline"),lost=document.getElementById("lost"),
place=trace.dataset.running,typed=trace.dataset.typed,words=lost.firstChild.data,begun=Date.now(),polls=0,failed=0,seen=trace.innerHTML;
if(!window.fetch||!window.AbortController){setTimeout(function(){location.replace(place)},2000);return}
history.replaceState(null,"",place);
function wait(){setTimeout(look,failed?Math.min(400*Math.pow(2,failed),15000):polls<4?200:polls<8?400:Date.now()-begun<30000?1000:2000)}
function look(){var stop=new AbortController(),late=setTimeout(function(){stop.abort()},10000);polls++;
fetch(place,{headers:{Accept:"text/html"},cache:"no-store",signal:stop.signal})
.then(function(answer){if(!answer.ok)throw Error(answer.status);return answer.text()})
.then(function(text){return show(new DOMParser().parseFromString(text,"text/html"))})
.then(function(more){failed=0;lost.hidden=true;return more},function(){if(++failed===3){lost.innerHTML=words;lost.hidden=false}return true})
.then(function(more){clearTimeout(late);if(more)wait()})}
function show(page){var fresh=page.getElementById("trace"),said=page.getElementById("headline"),more="running" in fresh.dataset;
if(fresh.innerHTML!==seen){seen=fresh.innerHTML;swap(fresh)}
// Only what changed is read out.
if(said.innerHTML!==headline.innerHTML)fill(headline,said);
document.title=page.title;return more}
function swap(fresh){var at=document.activeElement,id=trace.contains(at)&&at.id,x=scrollX,y=scrollY,
open=[].map.call(trace.querySelectorAll("details[open]"),function(one){return one.id});
fill(trace,fresh);
open.forEach(function(id){var one=document.getElementById(id);if(one)one.open=true});
// The server forgets page and query of what was typed: only here the ticket can get it.
var url=trace.querySelector("input[name=url]");if(url&&typed)url.value=typed;
at=id&&document.getElementById(id);if(at)at.focus({preventScroll:true});
scrollTo(x,y)}
function fill(one,other){while(one.firstChild)one.removeChild(one.firstChild);while(other.firstChild)one.appendChild(other.firstChild)}
wait()})()
