(function(){var form=document.querySelector("form[data-begin]"),token=form&&form.elements.token,kinds=["scroll","pointerdown","focusin"],begun,came,files=document.querySelector("[data-most]");
// What is too large never reaches the desk, which would say so.
function weigh(){var sum=0,i=files.files.length,said=files.nextElementSibling;while(i)sum+=files.files[--i].size;said.hidden=sum<=files.dataset.most;files.setCustomValidity(said.hidden?"":said.textContent)}
if(files)files.addEventListener("change",weigh);if(!token||token.value)return;
function begin(){kinds.forEach(function(kind){removeEventListener(kind,begin)});begun=Date.now();
fetch(form.dataset.begin).then(function(answer){return answer.json()}).then(function(answer){came=Date.now();token.value=answer.token||""},function(){})}
kinds.forEach(function(kind){addEventListener(kind,begin,{passive:true})});
// A token that was long on its way would make a calm person look hasty: none is better.
form.addEventListener("submit",function(){var now=Date.now();if(now-begun>=3000&&now-came<3000)token.value=""})})()
