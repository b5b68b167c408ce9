/**
 * Quoted-printable texts and what they decode to, made with Python's quopri module.
 */
export const QUOTED_PRINTABLE: readonly (readonly [encoded: string, decoded: string])[] = [
  ['x =3D ioctl(fd, IOASID_ALLOC);\n', 'x = ioctl(fd, IOASID_ALLOC);\n'],
  ['a=3Db\n', 'a=b\n'],
  ['  trailing space=20\nnext =3D 1\n', '  trailing space \nnext = 1\n'],
  ['tab=09\nend =3D 2\n', 'tab\t\nend = 2\n'],
  ['na=C3=AFve =E2=80=9Cquotes=E2=80=9D =3D 3\n', 'naïve “quotes” = 3\n'],
  ['=E2=82=AC =3D 4; =CF=80 =3D 5;\n', '€ = 4; π = 5;\n'],
  ['dma_map =3D { .iova =3D 0x3D; .size =3D 4096 };\n', 'dma_map = { .iova = 0x3D; .size = 4096 };\n'],
  [
    '\tlong =3D "word word word word word word word word word word word word word=\n word word word word word word word ";\n',
    '\tlong = "word word word word word word word word word word word word word word word word word word word word ";\n',
  ],
  [
    'y =3D "=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=\n=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D=3D";\n',
    'y = "========================================";\n',
  ],
  ['d =3D 0x20;\n', 'd = 0x20;\n'],
  [
    '=3D\t7bc4 ,5b3{bc00c}c40b5 }775b55\tb}b4=3D)0=3D4 5)48; 557{, 49c5b6{2840.151=\n,)};9}c5)32.=C3=A91)6c 30;.=3D20b8c45..9,6251cc(298cb=C3=A99)758 =3D=20\n',
    '=\t7bc4 ,5b3{bc00c}c40b5 }775b55\tb}b4=)0=4 5)48; 557{, 49c5b6{2840.151,)};9}c5)32.é1)6c 30;.=20b8c45..9,6251cc(298cbé9)758 = \n',
  ],
  [
    '1)9\t8,a1,;6 2b{)=3D=C3=A9}\t\t2c;1\t4(=3D04(90,8\t}=3Dc;=3D}8}a25;()a=3D04,65.=\n=3D93678=C3=A9b184\t\t\t\t 27\tb{c{1; .6b a5=3D4 ,6ac{6\t=3D7(,6,2  2122)c=3D =C3=\n=A9.=C3=A9(29;3a{3,=3D94a3)7c9(3,;,}443.7}6{}\t=C3=A9}{32,=C3=A9aa(2({96,1=\n=C3=A9,,c} }2{.{26 =3D=20\n',
    '1)9\t8,a1,;6 2b{)=é}\t\t2c;1\t4(=04(90,8\t}=c;=}8}a25;()a=04,65.=93678éb184\t\t\t\t 27\tb{c{1; .6b a5=4 ,6ac{6\t=7(,6,2  2122)c= é.é(29;3a{3,=94a3)7c9(3,;,}443.7}6{}\té}{32,éaa(2({96,1é,,c} }2{.{26 = \n',
  ],
  [
    '6a27,7c8 \t9{2;07.c=C3=A9\t1\t=C3=A9c=C3=A9;;=3Da=3D517=3D6628,=3D44=3Daa=C3=\n=A97 3=C3=A9=3D0{{a({)3}5.(40=3Db=C3=A9,185303=3D4=3D33a1;6a=3D;=3D26=C3=A9=\n 4b.83342 4b}{(b 314ac1.6363{9(13423}93(4{1=3D0 \t1.c8}0c{8) =3D978,=3D(=3D1=\n}=C3=A9 \t2;8};903\t.0{,.c=C3=A9,a.4119a\t.36)3c } =3D=20\n',
    '6a27,7c8 \t9{2;07.cé\t1\técé;;=a=517=6628,=44=aaé7 3é=0{{a({)3}5.(40=bé,185303=4=33a1;6a=;=26é 4b.83342 4b}{(b 314ac1.6363{9(13423}93(4{1=0 \t1.c8}0c{8) =978,=(=1}é \t2;8};903\t.0{,.cé,a.4119a\t.36)3c } = \n',
  ],
  [
    ' c((b;(=3D08(\t=3D43529.c(b9;0c(a7c(c6}c( 1a.40(6=3Db39} ;(b;{)7)3{)138;(,a(=\nbaa=C3=A934{32}1 870824\t3)9{}.{9=C3=A97=3D\t,b=3Dac7=C3=A9(0;bc8\t38)6}9)b1;;=\n(1a(,.4.}b){,;a.\tc2(37{}3ac(c=3D\t5b\ta))7}c53=3D896\t.=C3=A92=3D)=C3=A967=3Db=\n9370=C3=A993=3D33 =3D=20\n',
    ' c((b;(=08(\t=43529.c(b9;0c(a7c(c6}c( 1a.40(6=b39} ;(b;{)7)3{)138;(,a(baaé34{32}1 870824\t3)9{}.{9é7=\t,b=ac7é(0;bc8\t38)6}9)b1;;(1a(,.4.}b){,;a.\tc2(37{}3ac(c=\t5b\ta))7}c53=896\t.é2=)é67=b9370é93=33 = \n',
  ],
  [
    'a859897}cab=3D7, \t14b7a748}2(a1c=C3=A934c83c=C3=A9=C3=A92(c(}=C3=A9{}=C3=A9=\n712\tc28)b677{c6=3D.(7=C3=A99)65=3Da2b2(8 9{82)93)111 4{)c2a)1c31(\t{{c5c=3D=\n=C3=A93(,=3D673( 9,}22\ta;a281\t)=C3=A9=3D0,\t. .a..\t {9a=C3=A9 =3D=20\n',
    'a859897}cab=7, \t14b7a748}2(a1cé34c83céé2(c(}é{}é712\tc28)b677{c6=.(7é9)65=a2b2(8 9{82)93)111 4{)c2a)1c31(\t{{c5c=é3(,=673( 9,}22\ta;a281\t)é=0,\t. .a..\t {9aé = \n',
  ],
  [
    '(,c\t\t5c,0(b( b8)7=3D}(03.{,0a7\t44{=C3=A9cb=C3=A9016=3D7)2b4=3D;20.))(=C3=A9=\n=C3=A97(\t7})248\t ;7;c{324}1.10=3D4{}c;.4c.},(5{a=C3=A90\t0=C3=A93{\t(.b2(5,=\n=3D8337{c =3D=20\n',
    '(,c\t\t5c,0(b( b8)7=}(03.{,0a7\t44{écbé016=7)2b4=;20.))(éé7(\t7})248\t ;7;c{324}1.10=4{}c;.4c.},(5{aé0\t0é3{\t(.b2(5,=8337{c = \n',
  ],
]
