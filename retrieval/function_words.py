"""Words that hold a question together and say nothing of what it is about, in the model's languages.

They are left out where a question in another language is led to the articles' words: near in meaning to
"was" is half of any article.
"""

from __future__ import annotations

_WORDS = """
a about after all also an and any are as at be been before being between but by can could did do does during
each for from had has have he her his how i if in into is it its just many may me more most much my name no
not of on or our out over s she should so some such than that the their them then there these they this those
through to too under up us was we were what when where which who whom whose why will with would you your

и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот от
меня о из ему когда даже ну ли если или ни быть был него до вас они тут где есть для мы их чем была сам чтоб
без чего себя под будет кто этот того потому этого какой какая какие каким какова каков каково каких сколько
ним этом один мой тем чтобы нее были куда зачем при об после над через эти нас про всего них много эту моя
свою этой перед чему кем это почему также который которая которые которых

de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin
sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque
qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien mismo ese ahora cada e otro
después te otros aunque esa eso hace otra cuál cuáles quién quiénes cómo cuándo dónde cuánto cuánta cuántos
cuántas fueron según

der die das und in zu den von mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat
dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis
mehr durch man sein wurde sei hatte kann gegen vom können wenn ihr seine ihre was wer wo wann warum welche
welcher welches welchen welchem wieviel viele wurden waren wie

le les des une du dans est au pour pas sur par plus avec ce il sont ou qui été aux cette ont mais comme son
sa ses elle deux ces nous leur fait être quel quelle quels quelles où quand comment pourquoi combien quoi dont
était était-ce est-ce qu d l

il di che è per un non con da sono una del si le al come dei nel alla più anche ha della lo gli delle su ma
questo chi cosa quale quali quando dove come perché quanto quanti quanta quante

o que do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser
quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem
qual quais onde quanto quantos quantas porque

de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij nog uit door over naar
heeft hij ze wordt tot je mijn deze die wie wat waar wanneer waarom hoe welke hoeveel werd

i w na z do nie się o że to jest od za po jak co dla by ale przez są tym był była było być czy jego jej ich
może tak już kto kiedy gdzie dlaczego ile jaki jaka jakie który która które

ve bir bu da de için ile ne mi mu mı mü olarak daha çok en olan gibi kadar sonra var o ki ya hangi kim nasıl
neden niçin nerede kaç zaman tarafından göre kimin kime hangisi olduğu oldu nedir kimdir idi

في من على إلى عن أن ما هو هي هذا هذه كان كانت التي الذي مع لا لم كم كيف متى أين لماذا ماذا هل قد ذلك كل بعد
قبل بين أو و ثم حتى إذا عند أي الى ان او مثل

は が を に の と で も た です ます か な から まで より へ
する した して される された いる いた ある あった
どのように どのような どのくらい どれくらい いつ どこ だれ なぜ なに なん どの どんな いくつ でしたか ましたか
ですか ますか

ใคร เป็น การ ใน ที่ ของ และ อะไร ได้ ให้ มี ไม่ จะ โดย จาก กับ ว่า คือ ใด ไหน ไร ครั้ง ถูก อย่าง เมื่อ ซึ่ง แล้ว ก็ นี้ นั้น กี่ ทำไม
อย่างไร เท่าไร เท่าไหร่ เพื่อ หรือ ต่อ ถึง แห่ง ตาม ความ ผู้ คน อัน ไป มา อยู่ เคย ด้วย บ้าง นาน ขึ้น กว่า

은 는 이 가 을 를 의 에 에서 와 과 도 로 으로 하다 했다 있는 무엇 누구 언제 어디 왜 어떻게 얼마나 어떤 몇
"""

FUNCTION_WORDS = frozenset(_WORDS.split())
